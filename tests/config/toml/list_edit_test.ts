import { assertEquals } from "@std/assert";
import { indentOf, lineEndOf, withItem, withoutItem } from "../../../src/config/toml/list_edit.ts";
import { tomlPositions } from "../../../src/config/toml/toml_positions.ts";

const NEW = '"new"';

/** A document whose list is `a`, and what it is with one element more. */
const ADDED: readonly (readonly [string, string])[] = [
  ["a = []", 'a = ["new"]'],
  ["a = [ \t] # c", 'a = ["new"] # c'],
  ["a = [\n]\n", 'a = [\n  "new",\n]\n'],
  ["a = [\r\n  # none yet\r\n]\r\n", 'a = [\r\n  # none yet\r\n  "new",\r\n]\r\n'],
  ["  a = [ # c\n  ]", '  a = [ # c\n    "new",\n  ]'],
  ["a = ['x']", "a = ['x', \"new\"]"],
  ["a = [ 'x', 'y' ] # c", "a = [ 'x', 'y', \"new\" ] # c"],
  ["a = ['x',]", "a = ['x', \"new\",]"],
  ["a = ['x' , ]", "a = ['x' , \"new\", ]"],
  ["a = [\n  'x'\n]", "a = [\n  'x',\n  \"new\"\n]"],
  ["a = [\n  'x',\n]", "a = [\n  'x',\n  \"new\",\n]"],
  ["a = [\r\n\t'x',\r\n]", "a = [\r\n\t'x',\r\n\t\"new\",\r\n]"],
  ["a = [\n  'x', # why\n\n  # end\n]", "a = [\n  'x', # why\n  \"new\",\n\n  # end\n]"],
  ["a = [\n  'x' # why, ]\n]", "a = [\n  'x', # why, ]\n  \"new\"\n]"],
  ["a = [\n  'x' # why\n  ,\n]", "a = [\n  'x' # why\n  ,\n  \"new\",\n]"],
  ["a = ['x',\n     'y']", "a = ['x',\n     'y',\n     \"new\"]"],
  ["a = [\n  'x', 'y',\n  'z', 'q'\n]", "a = [\n  'x', 'y',\n  'z', 'q',\n  \"new\"\n]"],
  ["a = ['x', # why\n]", "a = ['x', # why\n  \"new\",\n]"],
  ["a = ['x'\n]", "a = ['x', \"new\"\n]"],
  ["a = ['''x\n,''']", "a = ['''x\n,''', \"new\"]"],
];

for (const [before, after] of ADDED) {
  Deno.test(`withItem() makes ${JSON.stringify(before)} ${JSON.stringify(after)}`, () => {
    assertEquals(withItem(before, tomlPositions(before).entries.get("a")!, NEW), after);
  });
}

/** A document whose list is `a`, the index of an element, and what it is without that. */
const REMOVED: readonly (readonly [string, number, string])[] = [
  ["a = ['x']", 0, "a = []"],
  ["a = [ 'x' ]", 0, "a = []"],
  ["a = [ 'x', ]", 0, "a = []"],
  ["a = ['x', 'y', 'z']", 0, "a = ['y', 'z']"],
  ["a = ['x', 'y', 'z']", 1, "a = ['x', 'z']"],
  ["a = ['x', 'y', 'z']", 2, "a = ['x', 'y']"],
  ["a = ['x', 'y',]", 1, "a = ['x',]"],
  ["a = [ 'x', 'y' ]", 1, "a = [ 'x' ]"],
  ["a = [\n  'x',\n  'y',\n]", 0, "a = [\n  'y',\n]"],
  ["a = [\n  'x',\n  'y',\n]", 1, "a = [\n  'x',\n]"],
  ["a = [\r\n  'x',\r\n  'y'\r\n]", 1, "a = [\r\n  'x'\r\n]"],
  ["a = [\n  'x', # why\n  'y'\n]", 1, "a = [\n  'x' # why\n]"],
  ["a = [\n  'x', # why\n  'y',\n]", 0, "a = [\n  # why\n  'y',\n]"],
  ["a = [\n  'x', 'y', # why\n]", 1, "a = [\n  'x', # why\n]"],
  ["a = [\n  'x', 'y',\n  'z',\n]", 1, "a = [\n  'x',\n  'z',\n]"],
  ["a = ['x',\n     'y']", 1, "a = ['x'\n     ]"],
  ["a = ['x',\n     'y']", 0, "a = [\n     'y']"],
  ["a = [\n    'x'\n  , 'y'\n]", 1, "a = [\n    'x'\n]"],
  ["a = [\n    'x'\n  , 'y'\n]", 0, "a = [\n   'y'\n]"],
  ["a = [\n  'x' # why\n  ,\n  'y',\n]", 0, "a = [\n  # why\n  'y',\n]"],
  ["a = [\n  # one\n  'x',\n\n  # two\n  'y'\n]", 1, "a = [\n  # one\n  'x'\n\n  # two\n]"],
  ["a = ['''x\n''', 'y']", 0, "a = ['y']"],
];

for (const [before, index, after] of REMOVED) {
  Deno.test(`withoutItem() makes ${JSON.stringify([before, index])} ${JSON.stringify(after)}`, () => {
    assertEquals(withoutItem(before, tomlPositions(before).entries.get("a")!, index), after);
  });
}

Deno.test("lineEndOf() is that of the first line", () => {
  assertEquals(["", "a", "\n", "a\r\nb\n", "a\nb\r\n"].map(lineEndOf), [
    "\n",
    "\n",
    "\n",
    "\r\n",
    "\n",
  ]);
});

Deno.test("indentOf() is the blanks in front of the line", () => {
  assertEquals([indentOf("a\n \tb", 4), indentOf("  a", 0), indentOf("a\n", 2)], [" \t", "  ", ""]);
});
