import type { Findings } from "../toml/findings.ts";
import type { Located, LocatedTable } from "../toml/located.ts";

/** Refuses a map beside the lists that it has replaced: which of them holds, nobody could tell. */
export function refuseMixture(
  table: LocatedTable,
  map: string,
  lists: readonly string[],
  findings: Findings,
): void {
  if (!table.entries.has(map)) return;
  for (const list of lists) {
    const entry = table.entries.get(list);
    if (entry === undefined || isEmptyList(entry.value)) continue;
    findings.fault(entry.key, `both "${map}" and "${list}": move all entries to "${map}"`);
  }
}

/** A list that is explicitly empty counts as unset. */
export function isEmptyList(value: Located): boolean {
  return value.kind === "list" && value.items.length === 0;
}
