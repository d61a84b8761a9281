import type { BlockedRecord } from "../../audit/blocked_record.ts";
import { mayHideName } from "../../proxy/hidden_name.ts";
import type { PolicyFlags, RunCommand } from "../argv/command.ts";
import { flagWords, quoteWords, shortCommand } from "../shell/command_line.ts";
import { briefly } from "./briefly.ts";
import {
  applyRemedy,
  hostAndPort,
  isSocket,
  type Remedy,
  remedyFor,
  socketsOverride,
} from "./remedy.ts";
import { type Line, paint } from "./terminal.ts";
import type { Shell } from "../../library/env/shell_quote.ts";

/** Lines printed at most: more is not read by anybody. */
const LINES_MAX = 20;
/** Different requests remembered at most: a child may ask for any number of hosts. */
const ENTRIES_MAX = 1000;

interface Entry {
  readonly first: BlockedRecord;
  times: number;
}

/** What was blocked during a run, each host, port and reason once. */
export class BlockedTally {
  readonly #entries = new Map<string, Entry>();
  #overflowed = false;

  /** Counts one blocked request. */
  note(record: BlockedRecord): void {
    const key = `${record.host} ${record.port} ${record.reason}`;
    const entry = this.#entries.get(key);
    if (entry !== undefined) entry.times += 1;
    else if (this.#entries.size < ENTRIES_MAX) this.#entries.set(key, { first: record, times: 1 });
    else this.#overflowed = true;
  }

  /**
   * One line for each, in the order they were first seen, with what would let it through.
   *
   * @param listed the unix sockets that the configuration allows, as they are written
   */
  lines(command: RunCommand, listed: readonly string[], shell: Shell): readonly Line[] {
    const entries = [...this.#entries.values()];
    const lines: Line[] = entries.slice(0, LINES_MAX).map(({ first, times }) => {
      const where = hostAndPort(first.host, first.port);
      const often = times === 1 ? "" : `, ${times} times`;
      const hint = mayHideName(first) ? "; asked for by address: use socks5h://" : "";
      const advice = adviceFor(first, remedyFor(first, listed), command, shell);
      const why = `(${briefly(first.reason, first.port)}${often}${hint})`;
      return [`doorward: blocked ${where} ${why}`, ...advice];
    });
    const missing = entries.map(({ first }) => first).filter(isMissing)
      .map((blocked) => remedyFor(blocked, listed));
    const all = allowAll(missing, command.policy);
    if (all !== null) {
      const own = quoteWords(["doorward", "run", ...flagWords(all.flags), "--"], shell);
      lines.push([
        `doorward: to allow ${all.what}: `,
        paint("copy", `${own} ${shortCommand(command.words, shell)}`),
      ]);
    }
    const more = entries.length - Math.min(entries.length, LINES_MAX);
    if (more > 0) lines.push([`doorward: and ${this.#overflowed ? "over " : ""}${more} more`]);
    return lines;
  }
}

/** Local addresses are to be allowed one by one, with open eyes. */
function isMissing({ reason }: BlockedRecord): boolean {
  return reason === "not_allowed";
}

/** Flags that allow more than one thing at once. */
interface AllowAll {
  readonly flags: PolicyFlags;
  readonly what: string;
}

/** The flags that allow all that was missing from a list; null where one line says as much. */
function allowAll(missing: readonly Remedy[], flags: PolicyFlags): AllowAll | null {
  const patterns = new Set(
    missing.flatMap((remedy) => (remedy.kind === "allow" ? [remedy.pattern] : [])),
  );
  // Each -c puts a whole list in place of the one before, so the sockets go into one.
  const paths = missing.flatMap((remedy) => (remedy.kind === "allow_socket" ? [remedy.path] : []));
  const size = patterns.size + paths.length;
  if (size < 2 || size > LINES_MAX) return null;
  const sockets = paths.length === 0 ? [] : [socketsOverride(paths)];
  return {
    flags: {
      ...flags,
      overrides: [...flags.overrides, ...sockets],
      allow: [...flags.allow, ...patterns],
    },
    what: paths.length === 0 ? "every missing host" : "all that is missing",
  };
}

function adviceFor(
  { host, port }: BlockedRecord,
  remedy: Remedy,
  command: RunCommand,
  shell: Shell,
): Line {
  switch (remedy.kind) {
    case "allow":
    case "allow_socket":
    case "full_mode":
    case "intercept": {
      const flags = flagWords(applyRemedy(command.policy, remedy));
      const own = quoteWords(["doorward", "run", ...flags, "--"], shell);
      const what = remedy.kind === "intercept" ? "look into it" : "allow it";
      return [` — ${what}: `, paint("copy", `${own} ${shortCommand(command.words, shell)}`)];
    }
    case "list_socket":
      return [` — allow it: add ${JSON.stringify(remedy.path)} to allow_unix_sockets`];
    case "explain": {
      const asked = isSocket(port) ? `unix:${host}` : hostAndPort(host, port);
      const words = ["doorward", "explain", ...flagWords(command.policy), asked];
      return [" — see why: ", paint("copy", quoteWords(words, shell))];
    }
    case "none":
      return [];
  }
}
