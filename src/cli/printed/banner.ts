import type { Config } from "../../config/config.ts";
import { counted } from "./counted.ts";
import { formatSocketAddress, type SocketAddress } from "../../net/address/endpoint.ts";
import type { PolicyDocument } from "../../policy/policy.ts";
import { clientAddress } from "../../net/address/client_address.ts";
import { proxyUrl } from "../../library/env/proxy_url.ts";
import { assignments, evaluation, type Shell } from "../../library/env/shell_quote.ts";
import { type Line, paint } from "./terminal.ts";
import type { WelcomeFacts } from "./welcome.ts";
import { VERSION } from "../../library/version.ts";

/** What the banner tells about. */
export interface BannerFacts {
  readonly config: Config;
  readonly policy: PolicyDocument;
  /** Where the proxy really listens. */
  readonly listener: SocketAddress;
  /** Where it really listens for SOCKS5; null where it does not. */
  readonly socks: SocketAddress | null;
  /** Where the admin API listens. */
  readonly admin: SocketAddress;
  /** What opens the dashboard, once; null where what is printed may be kept. */
  readonly dashboardLink: string | null;
  readonly shell: Shell;
  /** The command that prints the variables for this listener; null where none is sure to be found, or to know it. */
  readonly envCommand: string | null;
  /** The file to write rules into; null when there is no home. */
  readonly homeFile: string | null;
}

/** What `start` prints once it listens. */
export function banner(facts: BannerFacts): readonly Line[] {
  const { config, policy, listener, socks, shell, envCommand } = facts;
  const url = proxyUrl(listener);
  const pointing = envCommand === null
    ? assignments({ http_proxy: url, https_proxy: url }, shell)
    : evaluation(envCommand, shell);
  return [
    [
      paint("good", `doorward ${VERSION}`),
      ` listening on http://${formatSocketAddress(listener)}, mode ${policy.mode}`,
    ],
    ...(socks === null ? [] : [[`  socks   ${socksSummary(socks, policy)}`]]),
    ["  admin   ", ...dashboard(facts)],
    [`  policy  ${sourceSummary(config)}: ${policySummary(policy)}`],
    ["  use it  ", paint("copy", pointing)],
    ...(isEmptyDefault(facts) ? howToAllow(facts.homeFile) : []),
  ];
}

function dashboard({ admin, dashboardLink }: BannerFacts): Line {
  if (dashboardLink !== null) return ["this link works once: ", paint("copy", dashboardLink)];
  const url = `http://${formatSocketAddress(clientAddress(admin))}`;
  return [`${url} (doorward dashboard prints a link that opens it)`];
}

function socksSummary(socks: SocketAddress, { mode }: PolicyDocument): string {
  const url = `socks5h://${formatSocketAddress(socks)}`;
  return mode === "limited" ? `${url}, all of which limited mode blocks` : url;
}

/** Which file was read, and whether the command line added to it. */
export function sourceSummary(config: Config): string {
  const [file = "built-in", ...flags] = config.sources;
  return flags.length === 0 ? file : `${file} and the command line`;
}

/** How many rules a policy has, and what becomes of the rest. */
export function policySummary(policy: PolicyDocument): string {
  const allow = policy.rules.filter((rule) => rule.list === "allow").length;
  const rest = policy.dangerouslyAllowAllDomains
    ? "allows what is not denied"
    : `${ASKED[`${policy.decider === true}-${policy.ask}`]} what is not listed`;
  const asked = policy.requestRules.length;
  return [
    counted(allow, "allow rule"),
    counted(policy.rules.length - allow, "deny rule"),
    ...(asked === 0 ? [] : [counted(asked, "request rule")]),
    rest,
  ].join(", ");
}

/** Who is asked: a program, and a person. */
const ASKED = {
  "true-true": "asks a program, and then about",
  "true-false": "asks a program about",
  "false-true": "asks about",
  "false-false": "denies",
} as const;

/** Somebody at a terminal has written nothing yet, and is asked. */
export function isFirstRun(facts: BannerFacts): facts is BannerFacts & WelcomeFacts {
  return facts.dashboardLink !== null && facts.policy.ask && isEmptyDefault(facts);
}

/** Nobody has written anything: a configuration of one's own that allows nothing has its notice. */
function isEmptyDefault({ config, policy }: BannerFacts): boolean {
  return config.sources[0] === "built-in" && policy.rules.every((rule) => rule.list === "deny");
}

function howToAllow(homeFile: string | null): readonly Line[] {
  return [
    [
      paint("warning", "  nothing is allowed yet"),
      "; to allow a host: doorward start --allow HOST",
    ],
    ...(homeFile === null
      ? []
      : [[`      or  allowed_domains = ["HOST"] under [network] in ${homeFile}`]]),
  ];
}
