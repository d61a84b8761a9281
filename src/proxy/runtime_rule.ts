import type { RuleRecord } from "../audit/event.ts";
import type { Deadline } from "../net/time/deadlines.ts";
import type { Origin, Rule } from "../policy/rule.ts";
import { formatRulePattern, type RulePattern } from "../policy/rule_pattern.ts";

/** How long a rule that is made at run time holds. */
export type RuleScope =
  | { readonly kind: "minutes"; readonly minutes: number }
  | { readonly kind: "run" };

/** A rule that is made at run time. */
export interface NewRule {
  readonly list: Rule["list"];
  readonly pattern: RulePattern;
  readonly scope: RuleScope;
  readonly from: "runtime" | "approval";
}

/** A rule that was made at run time, while it is in force. */
export interface RuntimeRule extends NewRule {
  readonly id: string;
  readonly rule: Rule;
  /** Unix milliseconds; null while the proxy runs. */
  readonly expiresAt: number | null;
  readonly deadline: Deadline | null;
}

/** The words by which a rule is known, whoever wrote it. */
export function textOf({ pattern, protocol, raw }: RulePattern): string {
  return formatRulePattern(pattern, protocol, raw);
}

/** A rule that no file says. */
export function ruleOf(list: Rule["list"], pattern: RulePattern, from: NewRule["from"]): Rule {
  const file = from === "approval" ? "approval" : "admin API";
  const origin: Origin = { file, line: null, column: null };
  const protocol = pattern.protocol === null ? {} : { protocol: pattern.protocol };
  const raw = pattern.raw ? { raw: true } as const : {};
  return { list, pattern: pattern.pattern, ...protocol, ...raw, text: textOf(pattern), origin };
}

/** What a rule is made of: the opposite of {@linkcode ruleOf}. */
export function patternOf({ pattern, protocol, raw }: Rule): RulePattern {
  return { kind: "rule_pattern", pattern, protocol: protocol ?? null, raw: raw === true };
}

/** A rule of the configuration, in the words of the admin API. */
export function configuredRecord(rule: Rule, hits: number): RuleRecord {
  const isFlag = rule.origin.file.startsWith("-");
  return {
    ...recordOf(rule, hits),
    id: null,
    origin: isFlag ? "flag" : "config",
    scope: isFlag ? "run" : "always",
    expires_at: null,
  };
}

/** A rule that was made at run time, in the same words. */
export function runtimeRecord(
  { id, rule, from, scope, expiresAt }: RuntimeRule,
  hits: number,
): RuleRecord {
  const expires_at = expiresAt === null ? null : expiresAt / 1000;
  return { ...recordOf(rule, hits), id, origin: from, scope: scope.kind, expires_at };
}

function recordOf(
  { list, text, origin }: Rule,
  hits: number,
): Omit<RuleRecord, "id" | "origin" | "scope" | "expires_at"> {
  return { list, pattern: text, ...origin, hits };
}
