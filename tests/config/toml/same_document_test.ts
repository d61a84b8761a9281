import { assertEquals } from "@std/assert";
import type { Located } from "../../../src/config/toml/located.ts";
import { sameValue, withValue } from "../../../src/config/toml/same_document.ts";
import { PLACE, tableOf } from "../load.ts";

const SAME: readonly (readonly [string, string])[] = [
  ["a = 1\nb.c = 2", "a = 1 # c\n[b]\nc = 0x2\n"],
  ["a = 1\nb = 2", "b = 2\na = 1"],
  ["a = 'x'", 'a = """x"""'],
  ["a = [1, [2], {}]", "a = [ 1,\n [2,], { } ]"],
  ["a = nan", "a = nan"],
  ["a = 2020-01-01T00:00:00Z", "a = 2020-01-01 00:00:00Z"],
];

for (const [a, b] of SAME) {
  Deno.test(`sameValue() finds ${JSON.stringify([a, b])} the same`, () => {
    assertEquals(sameValue(tableOf(a), tableOf(b)), true);
  });
}

const DIFFERENT: readonly (readonly [string, string])[] = [
  ["a = 1", "a = 2"],
  ["a = 1", "a = 1.0"],
  ["a = 1", "a = '1'"],
  ["a = 1", "b = 1"],
  ["a = 1", "a = 1\nb = 1"],
  ["a = 1\nb = 1", "a = 1"],
  ["a = []", "a = {}"],
  ["a = []", "a = ''"],
  ["a = {}", "a = []"],
  ["a = [1, 2]", "a = [2, 1]"],
  ["a = [1]", "a = [1, 1]"],
  ["a = 2020-01-01", "a = 2020-01-02"],
  ["a = 2020-01-01", "a = '2020-01-01'"],
  ["a = '2020-01-01'", "a = 2020-01-01"],
];

for (const [a, b] of DIFFERENT) {
  Deno.test(`sameValue() tells ${JSON.stringify([a, b])} apart`, () => {
    assertEquals(sameValue(tableOf(a), tableOf(b)), false);
  });
}

Deno.test("withValue() sets a value, and makes the tables on the way", () => {
  const one: Located = { kind: "scalar", place: PLACE, value: 1n };
  const set = (text: string, ...path: string[]) => withValue(tableOf(text), path, one);
  assertEquals(sameValue(set("a = 2\nb = 3", "a"), tableOf("a = 1\nb = 3")), true);
  assertEquals(sameValue(set("a.b = 2", "a", "c", "d"), tableOf("a = { b = 2, c.d = 1 }")), true);
  assertEquals(sameValue(set("", "a"), tableOf("a = 1")), true);
});
