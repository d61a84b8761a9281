import type { Located, LocatedTable, Scalar } from "./located.ts";

/** Whether two values say the same, wherever they stand. The order of keys says nothing. */
export function sameValue(a: Located, b: Located): boolean {
  if (a.kind === "scalar") return b.kind === "scalar" && sameScalar(a.value, b.value);
  if (a.kind === "list") {
    return b.kind === "list" && a.items.length === b.items.length &&
      a.items.every((item, index) => sameValue(item, b.items[index]!));
  }
  if (b.kind !== "table" || a.entries.size !== b.entries.size) return false;
  return [...a.entries].every(([key, { value }]) => {
    const other = b.entries.get(key);
    return other !== undefined && sameValue(value, other.value);
  });
}

/** A document in which `path` holds `value`; the tables on the way are made where they are missing. */
export function withValue(
  table: LocatedTable,
  [name, ...rest]: readonly string[],
  value: Located,
): LocatedTable {
  if (name === undefined) return table;
  const held = table.entries.get(name)?.value;
  const below = held?.kind === "table" ? held : { ...table, entries: new Map() };
  const next = rest.length === 0 ? value : withValue(below, rest, value);
  const entries = new Map(table.entries).set(name, { key: table.place, value: next });
  return { ...table, entries };
}

function sameScalar(a: Scalar, b: Scalar): boolean {
  if (a instanceof Date || b instanceof Date) {
    return a instanceof Date && b instanceof Date && a.toISOString() === b.toISOString();
  }
  return Object.is(a, b);
}
