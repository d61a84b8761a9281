import type { NetworkRequest } from "../../policy/request.ts";
import type { RulePattern } from "../../policy/rule_pattern.ts";

/** What an approval allows: what was asked for and nothing beside it, by host, port and protocol. */
export function approvalPattern({ target, protocol }: NetworkRequest): RulePattern {
  return {
    kind: "rule_pattern",
    pattern: { ...hostOf(target), port: target.port },
    protocol,
    raw: false,
  };
}

/** What a denial for good denies: the whole host. A program that is refused one port tries the next. */
export function denialPattern({ target }: NetworkRequest): RulePattern {
  return {
    kind: "rule_pattern",
    pattern: { ...hostOf(target), port: null },
    protocol: null,
    raw: false,
  };
}

function hostOf({ host }: NetworkRequest["target"]) {
  return host.kind === "name"
    ? { kind: "exact", name: host.name } as const
    : { kind: "ip", ip: host.ip } as const;
}
