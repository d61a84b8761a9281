import { assertEquals } from "@std/assert";
import { withLine, withTable } from "../../../src/config/toml/new_list.ts";
import { tomlPositions } from "../../../src/config/toml/toml_positions.ts";

/** A document, and what `x = 1` in `n` can make of it. */
const LINES: readonly (readonly [string, ...string[]])[] = [
  ["[n]", "[n]\nx = 1"],
  ["[n] # c\n", "[n] # c\nx = 1\n"],
  ["[n]\na = 1 # c\n\n[o]\n", "[n]\na = 1 # c\nx = 1\n\n[o]\n"],
  [
    "[n]\r\n  a = [\r\n  1,\r\n  ]\r\n# c\r\n",
    "[n]\r\n  a = [\r\n  1,\r\n  ]\r\n  x = 1\r\n# c\r\n",
  ],
  ["[n.l]\nb = 2\n[n]\na = 1\n[o]\n", "[n.l]\nb = 2\n[n]\na = 1\nx = 1\n[o]\n"],
  ["[n]\na.b = 1\n[n.l]\nb = 2\n", "[n]\na.b = 1\nx = 1\n[n.l]\nb = 2\n"],
  [
    "n.a = 1\n\n[o]\n",
    "n.a = 1\n\n[o]\n\n[n]\nx = 1\n",
    "n.a = 1\nn.x = 1\n\n[o]\n",
  ],
];

for (const [before, ...after] of LINES) {
  Deno.test(`withLine() makes ${JSON.stringify(before)} ${JSON.stringify(after[0])}`, () => {
    assertEquals(withLine(before, tomlPositions(before), ["n"], "x = 1"), after);
  });
}

Deno.test("withLine() adds a table that is not there", () => {
  const text = "[n]\na = 1\n";
  assertEquals(withLine(text, tomlPositions(text), ["n", "p"], "x = 1"), [
    "[n]\na = 1\n\n[n.p]\nx = 1\n",
  ]);
});

/** A document, and what it is with a table. */
const TABLES: readonly (readonly [string, string])[] = [
  ["", "[n]\nx = 1\n"],
  ["\n", "\n[n]\nx = 1\n"],
  ["# c", "# c\n\n[n]\nx = 1\n"],
  ["# c\r\n", "# c\r\n\r\n[n]\r\nx = 1\r\n"],
];

for (const [before, after] of TABLES) {
  Deno.test(`withTable() makes ${JSON.stringify(before)} ${JSON.stringify(after)}`, () => {
    assertEquals(withTable(before, ["n"], ["x = 1"]), after);
  });
}
