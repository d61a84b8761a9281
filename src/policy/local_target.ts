import type { Endpoint } from "../net/address/endpoint.ts";
import { formatHost, type Host } from "../net/address/host.ts";
import { formatIp, type IpAddress } from "../net/address/ip.ts";
import { classifyIp, embeddedIpv4, type IpClass, isatapIpv4 } from "../net/address/ip_class.ts";
import type { Deny } from "./decision.ts";
import { formatHostPattern } from "./host_pattern.ts";
import { formatReach } from "./port_words.ts";
import type { NetworkRequest, Protocol } from "./request.ts";
import { isOwnEntry, type RuleList } from "./rule_list.ts";

/** What policy says about a place that is not simply on the internet. */
export interface LocalRules {
  /** The configured ones: nobody approves a local address at run time. */
  readonly allow: RuleList;
  /** Whether loopback and private addresses need no entry of their own. */
  readonly allowLocalBinding: boolean;
  /** Whether every name is allowed that is not denied. */
  readonly allowAll: boolean;
}

/** The class of what a host names, as far as can be told without looking it up. */
export function classifyHost(host: Host): IpClass {
  if (host.kind === "ip") return classifyIp(host.ip);
  return isLocalhostName(host.name) ? "loopback" : "public";
}

/** RFC 6761 section 6.3: localhost and everything below it mean this machine. */
function isLocalhostName(name: string): boolean {
  return name.endsWith("localhost") && (name.length === 9 || name.endsWith(".localhost"));
}

/** Asks of a target written as an address, or as a name for this machine. Null lets it pass. */
export function judgeLocalTarget(
  target: Endpoint,
  kind: IpClass,
  protocol: Protocol,
  rules: LocalRules,
): Deny | null {
  if (passesUnnamed(kind, rules) || rules.allow.findOwn(target, protocol) !== null) return null;
  const { host } = target;
  const subject = host.kind === "ip"
    ? describeIp(host.ip, kind, " is ", " carries ")
    : `${host.name} is a name for this machine`;
  return denyLocal(subject + whyEntriesFail(host, rules.allow));
}

/** Asks of an address that a name resolved to. Null lets it pass. */
export function judgeLocalAnswer(
  { target, protocol }: NetworkRequest,
  ip: IpAddress,
  kind: IpClass,
  rules: LocalRules,
): Deny | null {
  const passes = passesUnnamed(kind, rules);
  if (passes && (kind === "public" || isConfigured(target, protocol, rules))) return null;
  if (kind === "loopback" && classifyHost(target.host) === "loopback") {
    if (rules.allow.findOwn(target, protocol) !== null) return null;
  }
  const where = `${formatHost(target.host)} resolves to ${
    describeIp(ip, kind, ", ", ", which carries ")
  }`;
  return denyLocal(passes ? `${where}, and no rule of the configuration names it` : where);
}

/**
 * Whether the configuration lets this through, or the name says itself that it means this machine. Who approves a
 * name while Doorward runs has not seen where it leads: its owner may lead it into the network of whoever approves.
 */
function isConfigured(target: Endpoint, protocol: Protocol, rules: LocalRules): boolean {
  return rules.allowAll || classifyHost(target.host) === "loopback" ||
    rules.allow.find(target, protocol) !== null;
}

function passesUnnamed(kind: IpClass, rules: LocalRules): boolean {
  if (kind === "public") return true;
  return rules.allowLocalBinding && (kind === "loopback" || kind === "private");
}

function denyLocal(detail: string): Deny {
  return {
    verdict: "deny",
    reason: "not_allowed_local",
    source: "baseline_policy",
    rule: null,
    detail,
  };
}

/** Why the allow rules that match after all are not enough: a block, a wildcard, another port. */
function whyEntriesFail(host: Host, allow: RuleList): string {
  const matching = allow.matching(host);
  const own = matching.filter(isOwnEntry);
  if (own.length > 0) return `, allowed ${formatReach(own)}`;
  const [first] = matching;
  return first === undefined
    ? ""
    : `, and "${formatHostPattern(first.pattern)}" does not name it exactly`;
}

/** The words for a class, as they follow "is" or a comma. */
export const CLASS_WORDS: Readonly<Record<IpClass, string>> = {
  public: "a public address",
  loopback: "a loopback address",
  private: "a private address",
  link_local: "a link-local address",
  metadata: "a cloud metadata address",
  multicast: "a multicast address",
  unspecified: "the unspecified address",
  reserved: "a reserved address",
};

function describeIp(ip: IpAddress, kind: IpClass, is: string, carries: string): string {
  const inner = embeddedIpv4(ip) ?? isatapIpv4(ip);
  // Only where the inner address is what makes it so, and the text does not show it already.
  const tells = inner !== null && classifyIp(inner) === kind && !formatIp(ip).includes(".");
  return tells
    ? `${formatIp(ip)}${carries}${formatIp(inner)}, ${CLASS_WORDS[kind]}`
    : `${formatIp(ip)}${is}${CLASS_WORDS[kind]}`;
}
