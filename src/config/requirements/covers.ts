import { formatIpRange, type IpRange, rangeContains } from "../../net/address/ip_range.ts";
import { formatHostPattern, type HostPattern, wildcardBase } from "../../policy/host_pattern.ts";
import { NameIndex } from "../../policy/name_index.ts";
import type { Rule } from "../../policy/rule.ts";
import type { RulePattern } from "../../policy/rule_pattern.ts";

/** What of a rule says which requests it is about. */
export type Reach = Pick<RulePattern, "pattern" | "protocol" | "raw">;

/** What a rule is about. */
export function reachOf({ pattern, protocol, raw }: Rule): Reach {
  return { pattern, protocol: protocol ?? null, raw: raw ?? false };
}

/**
 * Whether everything that `user` matches is matched by `managed` as well, and allowed no more. Where that cannot be
 * told from two patterns with wildcards, it is not.
 */
export function covers(managed: Reach, user: Reach): boolean {
  return portCovers(managed.pattern.port, user.pattern.port) &&
    (managed.protocol === null || managed.protocol === user.protocol) &&
    (managed.raw || !user.raw) &&
    hostCovers(managed.pattern, user.pattern);
}

/** A port that is left out is any port. */
function portCovers(managed: number | null, user: number | null): boolean {
  return managed === null || managed === user;
}

function hostCovers(managed: HostPattern, user: HostPattern): boolean {
  switch (managed.kind) {
    case "exact":
      return user.kind === "exact" && user.name === managed.name;
    case "suffix":
      return suffixCovers(managed, user);
    case "glob":
      return user.kind === "exact" ? globMatches(managed, user.name) : sameHost(managed, user);
    case "ip":
      return sameHost(managed, user);
    case "range":
      return rangeCovers(managed.range, user);
  }
}

/** `*.d` reaches what lies below `d`; `**.d` reaches `d`, too. */
function suffixCovers(
  managed: Extract<HostPattern, { kind: "suffix" }>,
  user: HostPattern,
): boolean {
  const reachesAt = (name: string): boolean =>
    isBelow(name, managed.name) || (managed.apex && name === managed.name);
  switch (user.kind) {
    case "exact":
      return reachesAt(user.name);
    case "suffix":
      return reachesAt(user.name) || (!user.apex && user.name === managed.name);
    case "glob": {
      // A glob has at least one label more than what it spells out at its end.
      const base = wildcardBase(user)!;
      return base === managed.name || isBelow(base, managed.name);
    }
    case "ip":
    case "range":
      return false;
  }
}

function rangeCovers(managed: IpRange, user: HostPattern): boolean {
  switch (user.kind) {
    case "ip":
      return rangeContains(managed, user.ip);
    case "range":
      return formatIpRange(user.range) === formatIpRange(managed) ||
        (user.range.prefix > managed.prefix && rangeContains(managed, user.range.network));
    case "exact":
    case "suffix":
    case "glob":
      return false;
  }
}

function isBelow(name: string, domain: string): boolean {
  return name.endsWith(`.${domain}`);
}

function sameHost(a: HostPattern, b: HostPattern): boolean {
  return formatHostPattern({ ...a, port: null }) === formatHostPattern({ ...b, port: null });
}

/** The names that a glob matches are told by what tells them of a request. */
function globMatches(pattern: HostPattern, name: string): boolean {
  const origin = { file: "", line: null, column: null };
  return new NameIndex([{ list: "allow", pattern, text: "", origin }]).matching(name).length > 0;
}
