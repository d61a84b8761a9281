import type { Rule } from "../policy/rule.ts";
import { formatRulePattern, parseRulePattern } from "../policy/rule_pattern.ts";
import type { Findings } from "./toml/findings.ts";
import { quote } from "./toml/printable.ts";
import type { LocatedTable, Place } from "./toml/located.ts";

/** A rule, and its place for whatever is found about it later. */
export interface PlacedRule {
  readonly rule: Rule;
  readonly place: Place;
}

/** An entry of a list, as it was written. */
export interface ListEntry {
  readonly text: string;
  readonly place: Place;
}

/** The entries of `allowed_domains` or `denied_domains` that are texts; others were told already. */
export function listEntries(table: LocatedTable, key: string): readonly ListEntry[] {
  const list = table.entries.get(key)?.value;
  if (list?.kind !== "list") return [];
  return list.items.flatMap((item) =>
    item.kind === "scalar" && typeof item.value === "string"
      ? [{ text: item.value, place: item.place }]
      : []
  );
}

/** The hosts of `--allow` or `--deny`. */
export function flagEntries(
  flag: "--allow" | "--deny",
  hosts: readonly string[],
  rank: number,
): readonly ListEntry[] {
  const place: Place = { origin: { file: flag, line: null, column: null }, rank, flag: null };
  return hosts.map((text) => ({ text, place }));
}

/** Parses the entries of one list. */
export function parseRules(
  list: Rule["list"],
  entries: readonly ListEntry[],
  findings: Findings,
): readonly PlacedRule[] {
  return entries.flatMap(({ text, place }) => {
    const parsed = parseRulePattern(text);
    if (parsed.kind === "bad") {
      findings.fault(place, `bad host pattern ${quote(text)}: ${parsed.why}`);
      return [];
    }
    const { pattern, protocol, raw } = parsed;
    const words = { ...(protocol !== null && { protocol }), ...(raw && { raw }) };
    const rule = { list, pattern, ...words, text };
    return [{ rule: { ...rule, origin: place.origin }, place }];
  });
}

/** Tells of each pattern that both lists hold. */
export function noteDeniedAgain(rules: readonly PlacedRule[], findings: Findings): void {
  const denied = new Set(
    rules.filter(({ rule }) => rule.list === "deny").map(({ rule }) => canonical(rule)),
  );
  for (const { rule, place } of rules) {
    if (rule.list === "deny" || !denied.has(canonical(rule))) continue;
    findings.notice(
      place,
      `${quote(rule.text)} is denied as well: deny wins, and it stays blocked`,
    );
  }
}

/** The one spelling of a rule's entry. */
function canonical({ pattern, protocol }: Rule): string {
  return formatRulePattern(pattern, protocol ?? null);
}
