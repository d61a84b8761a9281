import {
  type BadPattern,
  formatHostPattern,
  type HostPattern,
  parseHostPattern,
} from "./host_pattern.ts";
import { type Protocol, PROTOCOLS } from "./request.ts";
import type { Rule } from "./rule.ts";

/** What an entry of a list matches. */
export interface RulePattern {
  readonly kind: "rule_pattern";
  readonly pattern: HostPattern;
  /** Null: whatever the request comes in by. */
  readonly protocol: Protocol | null;
}

/**
 * Reads one entry of a list: a host pattern, and the protocol it holds for if it holds for one only, as in
 * `api.example.com:443 over https_connect`. A URL is no pattern on purpose: whoever denies `http://a.b` means
 * the host, and not one of the ways to it.
 */
export function parseRulePattern(text: string): RulePattern | BadPattern {
  const [, host = text, word] = /^(.*\S)\s+over\s+(\S+)\s*$/.exec(text) ?? [];
  const protocol = word === undefined ? null : PROTOCOLS.find((known) => known === word);
  if (protocol === undefined) {
    return { kind: "bad", why: `there is no such protocol; write one of ${PROTOCOLS.join(", ")}` };
  }
  const pattern = parseHostPattern(host);
  return pattern.kind === "bad" ? pattern : { kind: "rule_pattern", pattern, protocol };
}

/** The one canonical spelling of a rule, however it is written. */
export function canonicalText({ pattern, protocol }: Rule): string {
  return formatRulePattern(pattern, protocol ?? null);
}

/** Prints a pattern in its one canonical spelling. */
export function formatRulePattern(pattern: HostPattern, protocol: Protocol | null): string {
  const host = formatHostPattern(pattern);
  return protocol === null ? host : `${host} over ${protocol}`;
}
