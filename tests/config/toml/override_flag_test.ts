import { assert, assertEquals } from "@std/assert";
import type { Located } from "../../../src/config/toml/located.ts";
import { NESTING_MAX } from "../../../src/config/toml/toml_document.ts";
import { parseOverride } from "../../../src/config/toml/override_flag.ts";

/** The tables as objects, the values as they are. */
function plain(value: Located): unknown {
  switch (value.kind) {
    case "scalar":
      return value.value;
    case "list":
      return value.items.map(plain);
    case "table":
      return Object.fromEntries(
        [...value.entries].map(([key, entry]) => [key, plain(entry.value)]),
      );
  }
}

const FLAGS: readonly (readonly [string, unknown])[] = [
  ["a=true", { a: true }],
  ["a.b.c=3", { a: { b: { c: 3n } } }],
  ['a=["x", "y"]', { a: ["x", "y"] }],
  ['a={"b.c"="d"}', { a: { "b.c": "d" } }],
  ["a=hello", { a: "hello" }],
  ["a=http://h:80/?b=c", { a: "http://h:80/?b=c" }],
  [" a.b = x ", { a: { b: "x" } }],
  ["a=", { a: "" }],
  ["a='b", { a: "b" }],
  ["a=\"'b\"c'", { a: 'b"c' }],
  ['a=b"', { a: "b" }],
  ['a."x.y"=1', { a: { '"x': { 'y"': 1n } } }],
  ["a..b=1", { a: { "": { b: 1n } } }],
  ["a=1\nb=2", { a: "1\nb=2" }],
];

for (const [flag, expected] of FLAGS) {
  Deno.test(`parseOverride() reads ${JSON.stringify(flag)}`, () => {
    const table = parseOverride(flag, 1);
    assert(table.kind === "table");
    assertEquals(plain(table), expected);
  });
}

Deno.test("parseOverride() takes a name that objects have as any other", () => {
  const table = parseOverride("__proto__.a=1", 1);
  assert(table.kind === "table");
  assertEquals([...table.entries.keys()], ["__proto__"]);
});

Deno.test("parseOverride() puts everything at the flag", () => {
  const table = parseOverride("a=[1]", 7);
  const place = { origin: { file: "-c", line: null, column: null }, rank: 7, flag: "a=[1]" };
  assert(table.kind === "table");
  const list = table.entries.get("a")!.value;
  assert(list.kind === "list");
  assertEquals([table.place, list.place, list.items[0]!.place], [place, place, place]);
});

const FAULTS: readonly (readonly [string, string])[] = [
  ["a", 'no "="; write key=value, as in network.mode="limited"'],
  ["", 'no "="; write key=value, as in network.mode="limited"'],
  ["=1", 'no key before "="; write key=value, as in network.mode="limited"'],
  ["  =1", 'no key before "="; write key=value, as in network.mode="limited"'],
  [`a={${"a.".repeat(NESTING_MAX)}a=1}`, "nested more than 64 deep; write it flatter"],
  [`${"a.".repeat(NESTING_MAX)}a=1`, "more than 64 dots in the key; shorten it"],
];

for (const [flag, expected] of FAULTS) {
  Deno.test(`parseOverride() refuses "${flag.slice(0, 20)}"`, () => {
    const read = parseOverride(flag, 1);
    assertEquals(read.kind === "bad" ? read.message : "", expected);
  });
}
