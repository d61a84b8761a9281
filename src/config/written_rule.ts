import type { HostPattern } from "../policy/host_pattern.ts";
import type { RequestMatch, RequestRule } from "../policy/request_rule.ts";
import { fetchSecret, type SecretSource } from "./secret_source.ts";
import type { Findings } from "./toml/findings.ts";
import type { Located, LocatedTable, Place } from "./toml/located.ts";
import { escapeControls } from "./toml/printable.ts";

/** A request rule as it was written: its secrets are still where they are. */
export interface WrittenRule {
  readonly host: HostPattern;
  readonly matches: RequestMatch;
  readonly strip: readonly string[];
  readonly inject: readonly WrittenInjection[];
  readonly text: string;
  readonly place: Place;
}

/** A header to put in, and where its value comes from. */
export interface WrittenInjection {
  readonly name: string;
  readonly secret: SecretSource;
}

/** A rule about nothing but the host: everything matches it. */
export const ANY_REQUEST: RequestMatch = {
  methods: null,
  paths: null,
  query: [],
  headers: [],
  can: null,
};

/** Reads the secrets of a rule; null when one cannot be used. */
export async function finishRule(
  { host, matches, strip, inject, text, place }: WrittenRule,
  env: Readonly<Record<string, string>> | null,
  findings: Findings,
): Promise<RequestRule | null> {
  const injections: { readonly name: string; readonly value: () => string }[] = [];
  for (const { name, secret } of inject) {
    const value = await fetchSecret(secret, env, findings);
    if (value !== null) injections.push({ name, value });
  }
  if (injections.length < inject.length) return null;
  return { host, matches, actions: { strip, inject: injections }, text, origin: place.origin };
}

/** A rule in one line: the words of `plain` keys, and the names alone of `named` ones. */
export function ruleText(
  host: string,
  table: LocatedTable,
  plain: readonly string[],
  named: readonly string[],
): string {
  const words = plain.flatMap((key) => textsOf(table.entries.get(key)?.value));
  const names = named.flatMap((key) => {
    const value = table.entries.get(key)?.value;
    return value?.kind === "table" && value.entries.size > 0
      ? [`${key} (${[...value.entries.keys()].join(", ")})`]
      : [];
  });
  return escapeControls([host, ...words, ...names].join(" "));
}

function textsOf(value: Located | undefined): readonly string[] {
  if (value === undefined) return [];
  if (value.kind === "list") return value.items.flatMap(textsOf);
  return value.kind === "scalar" && typeof value.value === "string" ? [value.value] : [];
}
