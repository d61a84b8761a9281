import { assert, assertEquals } from "@std/assert";
import { parseValuePattern, valueMatches } from "../../src/policy/value_pattern.ts";

/** What is written, a value, and whether it fits. */
const TABLE: readonly (readonly [string, string, boolean])[] = [
  ["a", "a", true],
  ["a", "A", false],
  ["", "", true],
  // Upstream: evaluate_treats_glob_metacharacters_as_literal_without_glob_prefix
  ["a*", "a*", true],
  ["a*", "ab", false],
  ["[a]?", "[a]?", true],
  ["pattern:a*", "ab", true],
  ["pattern:a*", "a", true],
  ["pattern:a*", "a/b/c", true],
  ["pattern:a*", "ba", false],
  // Upstream: evaluate_allows_literal_values_with_reserved_prefixes
  ["literal:pattern:a*", "pattern:a*", true],
  ["literal:literal:a", "literal:a", true],
  ["literal:a*", "ab", false],
];

for (const [text, value, fits] of TABLE) {
  Deno.test(`valueMatches() compares ${text} with ${JSON.stringify(value)}`, () => {
    const pattern = parseValuePattern(text);
    assert(pattern.kind !== "bad");
    assertEquals(valueMatches(pattern, value), fits);
  });
}

Deno.test("parseValuePattern() refuses a glob that is none", () => {
  assertEquals(parseValuePattern("pattern:[a]").kind, "bad");
});
