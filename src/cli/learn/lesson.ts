import type { Config } from "../../config/config.ts";
import { type Host, parseHost } from "../../net/address/host.ts";
import { parseIp } from "../../net/address/ip.ts";
import type { HostPattern } from "../../policy/host_pattern.ts";
import { isRaw } from "../../policy/inside_guard.ts";
import { isReading } from "../../policy/mode_guard.ts";
import { RuleList } from "../../policy/rule_list.ts";
import { formatRulePattern } from "../../policy/rule_pattern.ts";
import type { Rule } from "../../policy/rule.ts";
import { type Mark, marksOf } from "./marks.ts";
import { type Observed, OTHER_METHOD, type Seen } from "./observations.ts";

/** What requests to a host are held to: to read, to these methods, or to the host alone. */
export type LearnedRule = "read" | { readonly methods: readonly string[] } | "any";

/** A host that a command reached, at one port. */
export interface LearnedHost {
  readonly seen: Observed;
  /** The entry of `allowed_domains` that lets it through, and nothing else. */
  readonly pattern: string;
  /** The rule of the configuration that allows it already; null where it is new. */
  readonly known: Rule | null;
  /** What all of its requests have in common; null where not all of them were seen. */
  readonly rule: LearnedRule | null;
  readonly marks: readonly Mark[];
}

/** What a command asked for, and what of it a policy lets through. */
export interface Lesson {
  readonly hosts: readonly LearnedHost[];
  /** What was let through and could not be reached: it is not allowed. */
  readonly unreached: readonly Observed[];
  /** What was blocked. */
  readonly blocked: readonly Observed[];
  /** Whether there were tunnels that nobody looked into: what was done in them is not known. */
  readonly hasUnseenTunnels: boolean;
  /** How many requests went to unix sockets, which are not learned. */
  readonly toSockets: number;
  /** Requests to hosts that are not told apart any more. */
  readonly beyond: number;
  /** How many allow rules the configuration has, and how many of them nothing was known by. */
  readonly allowRules: number;
  readonly unusedRules: number;
}

const TUNNELS = ["https_connect", "socks5_tcp"] as const;

/** Makes the smallest policy of what was seen under a configuration. */
export async function lessonOf({ places, beyond }: Seen, config: Config): Promise<Lesson> {
  const allow = config.policy.rules.filter(({ list }) => list === "allow");
  const known = new RuleList(allow);
  const hosts: LearnedHost[] = [];
  for (const seen of places) {
    const host = isReached(seen) ? hostOf(seen) : null;
    if (host === null) continue;
    hosts.push({
      seen,
      pattern: patternFor(host, seen, known),
      known: knownBy(host, seen, known),
      rule: ruleFor(seen),
      marks: await marksOf(seen),
    });
  }
  const used = new Set(hosts.map(({ known }) => known));
  const network = places.filter(({ port }) => port !== 0);
  return {
    hosts,
    unreached: network.filter((seen) =>
      seen.allowed > 0 && !isReached(seen) && seen.blocked.size === 0
    ),
    blocked: places.filter(({ blocked }) => blocked.size > 0),
    hasUnseenTunnels: hosts.some(({ seen: { unseen, protocols } }) =>
      unseen > 0 && TUNNELS.some((protocol) => protocols.has(protocol))
    ),
    toSockets: places.filter(({ port }) => port === 0)
      .reduce((sum, { allowed }) => sum + allowed, 0),
    beyond,
    allowRules: allow.length,
    unusedRules: allow.filter((rule) => !used.has(rule)).length,
  };
}

/** Whether anything came of it: a host that was never reached was not needed. */
function isReached({ allowed, futile }: Observed): boolean {
  return allowed > futile;
}

/** Null for a unix socket. */
function hostOf({ host, port }: Observed): Host | null {
  if (port === 0) return null;
  const ip = parseIp(host);
  if (ip !== null) return { kind: "ip", ip };
  const parsed = parseHost(host);
  return parsed.kind === "bad" ? null : parsed;
}

/** Datagrams alone: nothing else may go there. What may be anything in a tunnel may be so again. */
function patternFor(host: Host, { port, protocols, unseen }: Observed, allow: RuleList): string {
  const pattern: HostPattern = host.kind === "ip"
    ? { kind: "ip", ip: host.ip, port }
    : { kind: "exact", name: host.name, port };
  const isDatagrams = protocols.has("socks5_udp") && protocols.size === 1;
  const raw = unseen > 0 && TUNNELS.some((protocol) =>
    protocols.has(protocol) &&
    isRaw({ kind: "tunnel", protocol, target: { host, port } }, [allow])
  );
  return formatRulePattern(pattern, isDatagrams ? "socks5_udp" : null, raw);
}

/** The rule that lets all of it through by whatever way it came; null where one of the ways is new. */
function knownBy(host: Host, { port, protocols }: Observed, allow: RuleList): Rule | null {
  const rules = [...protocols].map((protocol) => allow.find({ host, port }, protocol));
  return rules.includes(null) ? null : rules[0] ?? null;
}

/** Holds requests to what they were; a tunnel that nobody looked into would be blocked by a rule. */
function ruleFor({ methods, unseen, upgraded, withBody }: Observed): LearnedRule | null {
  if (unseen > 0 || methods.size === 0) return null;
  // No list of methods lets a request through that leaves HTTP, and none can name what was not kept.
  if (upgraded || methods.has(OTHER_METHOD)) return "any";
  if ([...methods].every(isReading) && !withBody) return "read";
  return { methods: [...methods].sort() };
}
