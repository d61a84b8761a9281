import { assertEquals } from "@std/assert";
import { isGlobalWildcard } from "../../../src/config/requirements/global_wildcard.ts";

/** Patterns, and whether they leave no host out. */
const TABLE: readonly (readonly [string, boolean])[] = [
  ["*", true],
  ["[*]", true],
  ["**.[*]", true],
  ["**", true],
  ["*.*", true],
  ["?*", true],
  [" *. ", true],
  ["*.example.com", false],
  ["example.com", false],
  ["???", false],
  ["[::1]", false],
  ["", false],
];

for (const [text, expected] of TABLE) {
  Deno.test(`isGlobalWildcard() of "${text}" is ${expected}`, () => {
    assertEquals(isGlobalWildcard(text), expected);
  });
}
