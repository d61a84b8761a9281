import { canonicalText } from "../../policy/rule_pattern.ts";
import type { PlacedRule } from "../domain_lists.ts";

/** The rules of `rules` that `others` does not hold, in whatever spelling. */
export function without(
  rules: readonly PlacedRule[],
  others: readonly PlacedRule[],
): readonly PlacedRule[] {
  const known = spellings(others);
  return rules.filter(({ rule }) => !known.has(canonicalText(rule)));
}

/** All of both, the first before the second; of two that say the same, the first. */
export function union(
  first: readonly PlacedRule[],
  second: readonly PlacedRule[],
): readonly PlacedRule[] {
  return [...first, ...without(second, first)];
}

/** Whether both hold the same rules, in whatever spelling and order. */
export function sameRules(a: readonly PlacedRule[], b: readonly PlacedRule[]): boolean {
  return without(a, b).length === 0 && without(b, a).length === 0;
}

function spellings(rules: readonly PlacedRule[]): ReadonlySet<string> {
  return new Set(rules.map(({ rule }) => canonicalText(rule)));
}
