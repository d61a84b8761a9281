import { assertEquals } from "@std/assert";
import { emptyTable, type LocatedTable, mergeTables } from "../../../src/config/toml/located.ts";
import { describe } from "../../../src/config/toml/printable.ts";
import { parseTomlDocument } from "../../../src/config/toml/toml_document.ts";
import { PLACE } from "../load.ts";

function table(text: string): LocatedTable {
  return parseTomlDocument(text, "config.toml") as LocatedTable;
}

/** A table as `path = value (line)`. */
function print(table: LocatedTable, prefix = ""): string[] {
  return [...table.entries].flatMap(([name, { key, value }]) =>
    value.kind === "table"
      ? [`${prefix}${name} (${key.origin.line})`, ...print(value, `${prefix}${name}.`)]
      : [`${prefix}${name} = ${describe(value)} (${key.origin.line})`]
  );
}

Deno.test("mergeTables() merges tables and replaces everything else", () => {
  const base = table("a = 1\nb = [1]\n[c]\nd = 1\ne = 1");
  const over = table("\n\n\n\n\n\nb = [2]\nf = 1\n[c]\ne = 2\n[c.g]\nh = 1");
  const lost: string[] = [];
  assertEquals(print(mergeTables(base, over, (key) => lost.push(key))), [
    "a = 1 (1)",
    "b = a list (7)",
    "c (3)",
    "c.d = 1 (4)",
    "c.e = 2 (10)",
    "c.g (11)",
    "c.g.h = 1 (12)",
    "f = 1 (8)",
  ]);
  assertEquals(lost, []);
});

Deno.test("mergeTables() tells what a table takes the place of", () => {
  const lost: string[] = [];
  const merged = mergeTables(table("a = 1"), table("\na.b = 2"), (key, value, by) => {
    lost.push(`${key} ${describe(value)} ${by.origin.line}`);
  });
  assertEquals(lost, ["a 1 2"]);
  assertEquals(print(merged), ["a (2)", "a.b = 2 (2)"]);
});

Deno.test("mergeTables() tells which table a value takes the place of", () => {
  const lost: string[] = [];
  const merged = mergeTables(table("a.b = 1"), table("\na = 2"), (key, { kind }, by) => {
    lost.push(`${key} ${kind} ${by.origin.line}`);
  });
  assertEquals([print(merged), lost], [["a = 2 (2)"], ["a table 2"]]);
});

Deno.test("emptyTable() has no entries", () => {
  assertEquals(print(emptyTable(PLACE)), []);
});
