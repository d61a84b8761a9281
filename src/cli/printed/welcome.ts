import { formatSocketAddress, type SocketAddress } from "../../net/address/endpoint.ts";
import { proxyUrl } from "../../library/env/proxy_url.ts";
import { assignments, evaluation, type Shell } from "../../library/env/shell_quote.ts";
import { VERSION } from "../../library/version.ts";
import type { PolicyDocument } from "../../policy/policy.ts";
import { widthOf, wrap } from "./prose.ts";
import { type Line, paint } from "./terminal.ts";

/** What somebody is told who starts Doorward for the first time. */
export interface WelcomeFacts {
  readonly policy: Pick<PolicyDocument, "mode">;
  /** Where the proxy really listens. */
  readonly listener: SocketAddress;
  /** What opens the dashboard, once. */
  readonly dashboardLink: string;
  readonly shell: Shell;
  /** The command that prints the variables for this listener; null where none is sure to be found. */
  readonly envCommand: string | null;
}

/** With room for the longest line of its own each paragraph gets a blank line before it. */
const ROOMY_COLUMNS = 80;

/**
 * What `start` prints once it listens, for a person who has written nothing yet: in plain words, and on twelve rows
 * at most, of 40 columns, too, where the addresses are no longer than usual.
 *
 * @param columns of the terminal; null where that is not known
 */
export function welcome(facts: WelcomeFacts, columns: number | null): readonly Line[] {
  const { policy, listener, dashboardLink } = facts;
  const isRoomy = columns === null || columns >= ROOMY_COLUMNS;
  const paragraphs: readonly (readonly Line[])[] = [
    wrap([
      paint("good", `doorward ${VERSION}`),
      ` listening on http://${formatSocketAddress(listener)}, mode ${policy.mode}`,
    ], columns),
    text("Nothing is allowed yet. Each new host is asked about, here and in the dashboard."),
    [
      ...text("For your command, in another terminal:"),
      ...pointing(facts, columns).map((line) => copied(line, columns)),
    ],
    [...text("The dashboard (this link works once):"), copied(dashboardLink, columns)],
    text("Ctrl-C stops it. To allow a host from the start, add: --allow HOST"),
  ];
  return paragraphs.flatMap((lines, at) => at > 0 && isRoomy ? [[], ...lines] : lines);

  function text(sentences: string): readonly Line[] {
    return wrap([sentences], columns, 0);
  }
}

/** The lines of shell that point what runs in it at the proxy: one, where one fits. */
function pointing(
  { listener, shell, envCommand }: WelcomeFacts,
  columns: number | null,
): readonly string[] {
  if (envCommand !== null) return [evaluation(envCommand, shell)];
  const url = proxyUrl(listener);
  const names = ["http_proxy", "https_proxy"];
  const whole = assignments(Object.fromEntries(names.map((name) => [name, url])), shell);
  if (columns === null || widthOf(whole) <= columns) return [whole];
  return names.map((name) => assignments({ [name]: url }, shell));
}

/** Set off from the sentences, where that leaves it on one row. */
function copied(text: string, columns: number | null): Line {
  const indent = columns === null || widthOf(text) + 2 <= columns ? "  " : "";
  return [indent, paint("copy", text)];
}
