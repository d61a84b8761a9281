// TOML values that remember where they were written, so that a fault found late still has its place.
import type { Origin } from "../../policy/rule.ts";

/** Where a value was written, and by which source. */
export interface Place {
  readonly origin: Origin;
  /** The rank of the source, lowest first: the file is 0, the flags follow in their order. */
  readonly rank: number;
  /** What followed `-c`, whole, for messages; null elsewhere. */
  readonly flag: string | null;
}

/** A value that holds no others. Integers are bigints and floats numbers, so that they stay apart. */
export type Scalar = string | bigint | number | boolean | Date;

/** A value and its place. */
export type Located = LocatedTable | LocatedList | LocatedScalar;

/** `{ … }`, `[header]`, or a table that a dotted key made. */
export interface LocatedTable {
  readonly kind: "table";
  readonly place: Place;
  readonly entries: ReadonlyMap<string, Entry>;
}

/** `[ … ]`, or the tables under one `[[header]]`. */
export interface LocatedList {
  readonly kind: "list";
  readonly place: Place;
  readonly items: readonly Located[];
}

/** Text, a number, a switch or a date. */
export interface LocatedScalar {
  readonly kind: "scalar";
  readonly place: Place;
  readonly value: Scalar;
}

/** A key of a table: where the key stands, and what it holds. */
export interface Entry {
  readonly key: Place;
  readonly value: Located;
}

/** A table without entries. */
export function emptyTable(place: Place): LocatedTable {
  return { kind: "table", place, entries: new Map() };
}

/**
 * Lays `over` onto `base`: tables merge, everything else replaces. `lost` is told of each value that has
 * to go because a table takes its place, and of each table that something else takes the place of.
 */
export function mergeTables(
  base: LocatedTable,
  over: LocatedTable,
  lost: (key: string, value: Located, by: Place) => void,
): LocatedTable {
  const entries = new Map(base.entries);
  for (const [key, { key: place, value }] of over.entries) {
    const below = entries.get(key);
    if (below?.value.kind === "table" && value.kind === "table") {
      entries.set(key, { key: below.key, value: mergeTables(below.value, value, lost) });
      continue;
    }
    // They are not both.
    const isLost = below?.value.kind === "table" || value.kind === "table";
    if (below !== undefined && isLost) lost(key, below.value, place);
    entries.set(key, { key: place, value });
  }
  return { kind: "table", place: base.place, entries };
}
