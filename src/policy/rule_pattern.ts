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
  /** Whether a tunnel may carry anything, on the port of HTTPS, too. */
  readonly raw: boolean;
}

/**
 * Reads one entry of a list: a host pattern, and the protocol it holds for if it holds for one only, as in
 * `api.example.com:443 over https_connect`. The last word may be `raw`. A URL is no pattern on purpose: whoever
 * denies `http://a.b` means the host, and not one of the ways to it.
 */
export function parseRulePattern(text: string): RulePattern | BadPattern {
  const [, rest = text, raw] = /^(.*\S)\s+(raw)\s*$/.exec(text) ?? [];
  const [, host = rest, word] = /^(.*\S)\s+over\s+(\S+)\s*$/.exec(rest) ?? [];
  const protocol = word === undefined ? null : PROTOCOLS.find((known) => known === word);
  if (protocol === undefined) {
    return { kind: "bad", why: `there is no such protocol; write one of ${PROTOCOLS.join(", ")}` };
  }
  const pattern = parseHostPattern(host);
  if (pattern.kind === "bad") return pattern;
  return { kind: "rule_pattern", pattern, protocol, raw: raw !== undefined };
}

/** The one canonical spelling of a rule, however it is written. */
export function canonicalText({ pattern, protocol, raw }: Rule): string {
  return formatRulePattern(pattern, protocol ?? null, raw ?? false);
}

/** Prints a pattern in its one canonical spelling. */
export function formatRulePattern(
  pattern: HostPattern,
  protocol: Protocol | null,
  raw = false,
): string {
  const over = protocol === null ? "" : ` over ${protocol}`;
  return `${formatHostPattern(pattern)}${over}${raw ? " raw" : ""}`;
}
