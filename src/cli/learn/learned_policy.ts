// The written policy: a whole configuration, with a word about each host. What a command asked for is chosen by the
// command: it stands in strings and comments, and can end neither.
import type { Config } from "../../config/config.ts";
import { escapeControls } from "../../config/toml/printable.ts";
import { canonicalText } from "../../policy/rule_pattern.ts";
import { shownBytes } from "../audit/shown_amounts.ts";
import { counted } from "../printed/counted.ts";
import { hostAndPort } from "../printed/remedy.ts";
import { blockedWords } from "./blocked_words.ts";
import type { LearnedHost, LearnedRule, Lesson } from "./lesson.ts";
import { markWords } from "./marks.ts";
import { presetHints } from "./preset_hints.ts";

/** What a policy is written of. */
export interface Taught {
  readonly lesson: Lesson;
  /** That of the user, before anything was opened. */
  readonly config: Config;
  /** The name of the program that was run; its arguments may be secrets. */
  readonly program: string;
  /** How it ended. */
  readonly code: number;
}

/** Comments listed at most: who wants more takes JSON. */
const LISTED_MAX = 100;

/** Prints the policy. */
export function learnedPolicy(taught: Taught): string {
  return [
    ...head(taught).map(comment),
    "[network]",
    "enabled = true",
    `mode = ${toml(taught.config.network.mode)}`,
    ...allowed(taught),
    ...denied(taught.config),
    ...switches(taught),
    ...carried(taught.config),
    ...rules(taught),
    ...notAllowed(taught.lesson).map(comment),
  ].join("\n") + "\n";
}

function head({ lesson, program, code }: Taught): readonly string[] {
  const { hosts, beyond } = lesson;
  const requests = hosts.reduce((sum, { seen }) => sum + seen.allowed, 0);
  return [
    `The smallest policy under which ${program} reaches what it reached while Doorward looked on:`,
    `${counted(hosts.length, "place")} in ${counted(requests, "request")}${
      code === 0 ? "" : `; it ended with ${code}, and may need more`
    }.`,
    "It says what the command asked for, and not what is good: read each line before you rely on it.",
    ...(beyond === 0 ? [] : [
      `INCOMPLETE: ${
        counted(beyond, "request")
      } went to places beyond the first that were told apart.`,
    ]),
  ];
}

function allowed({ lesson, config }: Taught): readonly string[] {
  const { hosts } = lesson;
  if (hosts.length === 0) return ["allowed_domains = []"];
  const hints = presetHints(hosts, config.network.mitm);
  return [
    "allowed_domains = [",
    ...hosts.flatMap((host) => [
      ...aboutHost(host, lesson.allowRules > 0).map((line) => `  ${comment(line)}`),
      `  ${toml(host.pattern)},`,
    ]),
    "]",
    ...(hints.length === 0 ? [] : [
      comment("Presets that have some of these hosts, and let them be reached on every port:"),
      ...hints.map(({ preset, covers, others }) => {
        const more = others === 0 ? "" : `, and ${counted(others, "host")} more`;
        return comment(`presets = [${toml(preset)}] has ${covers.join(", ")}${more}`);
      }),
    ]),
  ];
}

function aboutHost({ seen, known, marks }: LearnedHost, compares: boolean): readonly string[] {
  const { allowed, first, up, down, methods } = seen;
  const facts = [
    counted(allowed, "request"),
    `first ${first}`,
    `${shownBytes(up)} up, ${shownBytes(down)} down`,
    ...(methods.size === 0 ? [] : [[...methods].sort().join(" ")]),
  ];
  const news = known !== null ? [`known by ${toml(known.text)}`] : compares ? ["NEW"] : [];
  return [
    [...news, ...facts].join("; "),
    ...(marks.length === 0 ? [] : [`look at it: ${marks.map(markWords).join("; ")}`]),
  ];
}

/** The deny rules of whoever learned; what an administrator requires holds without them. */
function denied({ policy, requirements }: Config): readonly string[] {
  const required = new Set(requirements.deny.map(({ rule }) => rule));
  const own = policy.rules.filter((rule) => rule.list === "deny" && !required.has(rule));
  if (own.length === 0) return [];
  return ["denied_domains = [", ...own.map((rule) => `  ${toml(canonicalText(rule))},`), "]"];
}

/** What nothing came by is closed. */
function switches({ lesson: { hosts }, config: { network } }: Taught): readonly string[] {
  const ways = new Set(hosts.flatMap(({ seen }) => [...seen.protocols]));
  const udp = ways.has("socks5_udp");
  const local = [
    comment("This machine and private networks stay out of reach."),
    "allow_local_binding = false",
  ];
  if (!udp && !ways.has("socks5_tcp")) {
    return [...local, comment("Nothing came by SOCKS5."), "enable_socks5 = false"];
  }
  const named = network.all_proxy === "http" ? [] : [`all_proxy = ${toml(network.all_proxy)}`];
  return [...local, `enable_socks5_udp = ${udp}`, ...named];
}

/** How the network is reached, where that was not left to itself. */
function carried({ network, upstreamCaFile, upstreamProxy, policy }: Config): readonly string[] {
  const { allow_unix_sockets: sockets } = network;
  const lines: string[] = [];
  if (!network.sni_binding) lines.push("sni_binding = false");
  if (policy.denyEch) lines.push('ech = "deny"');
  if (!network.allow_upstream_proxy) lines.push("allow_upstream_proxy = false");
  if (upstreamProxy !== null) {
    lines.push(
      upstreamProxy.credentials === null
        ? `upstream_proxy = ${toml(network.upstream_proxy)}`
        : comment("upstream_proxy has a password, and is not copied: write it here"),
    );
  }
  if (upstreamCaFile !== null) lines.push(`upstream_ca_file = ${toml(upstreamCaFile)}`);
  if (sockets.length > 0) lines.push(`allow_unix_sockets = ${toml(sockets)}`);
  if (network.dangerously_allow_all_unix_sockets) {
    lines.push("dangerously_allow_all_unix_sockets = true");
  }
  return lines;
}

function rules({ lesson, config: { network, policy } }: Taught): readonly string[] {
  if (!network.mitm) {
    return lesson.hasUnseenTunnels ? [comment(UNSEEN)] : [];
  }
  const ruled = lesson.hosts.flatMap(({ pattern, rule }) =>
    rule === null ? [] : [`${toml(pattern)} = ${ruleValue(rule)}`]
  );
  const written = policy.requestRules.filter(({ origin }) => origin.preset === undefined).length;
  return [
    ...(ruled.length > 0 || network.mode === "limited" ? ["mitm = true"] : []),
    ...(written === 0
      ? []
      : [comment(`${counted(written, "request rule")} of the configuration: not copied.`)]),
    ...(ruled.length === 0 ? [] : ["", comment(RULES), "[network.rules]", ...ruled]),
  ];
}

const RULES = "What was asked of each host; a fetch by git is reading, though it is a POST.";
const UNSEEN = "What HTTPS carried was not looked at (mitm = false): hosts may be written to.";

function ruleValue(rule: LearnedRule): string {
  if (rule === "read") return '"read"';
  return rule === "any" ? "{}" : `{ methods = ${toml(rule.methods)} }`;
}

function notAllowed({ blocked, unreached, toSockets }: Lesson): readonly string[] {
  return [
    ...section(
      "Blocked while Doorward looked on, and not allowed here (doorward explain says more):",
      blocked.flatMap((seen) =>
        [...seen.blocked].map(([reason, times]) => blockedWords(seen, reason, times))
      ),
    ),
    ...section(
      "Not reached, and not allowed here:",
      unreached.map(({ host, port }) => hostAndPort(host, port)),
    ),
    ...(toSockets === 0
      ? []
      : ["", "Unix sockets are not learned: those of the configuration are kept."]),
  ];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  const rest = lines.length - LISTED_MAX;
  return [
    "",
    title,
    ...lines.slice(0, LISTED_MAX).map((line) => `  ${line}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ];
}

/** One line, whatever is in it. */
function comment(text: string): string {
  return text === "" ? "" : `# ${escapeControls(text)}`;
}

/** JSON's texts, and lists of them, are TOML's; but for DEL, which TOML has only escaped. */
function toml(value: string | readonly string[]): string {
  return escapeControls(JSON.stringify(value));
}
