import type { Findings } from "../toml/findings.ts";
import type { Located, Place } from "../toml/located.ts";
import { readWord, wrong } from "../toml/value_readers.ts";

/** One entry of a map from patterns or paths to permissions. */
export interface PermissionEntry {
  readonly text: string;
  readonly permission: "allow" | "deny";
  readonly place: Place;
}

const readPermission = readWord("allow", "deny");

/** Reads a map such as `{ "example.com" = "allow" }`, in the order in which it is written. */
export function readPermissionMap(
  value: Located,
  name: string,
  findings: Findings,
): readonly PermissionEntry[] {
  if (value.kind !== "table") {
    wrong(value, name, `a table: write [experimental_network.${name}]`, findings);
    return [];
  }
  const entries: PermissionEntry[] = [];
  for (const [text, { key, value: held }] of value.entries) {
    const permission = readPermission(held, `${name}.${text}`, findings);
    if (permission !== undefined) entries.push({ text, permission, place: key });
  }
  return entries;
}
