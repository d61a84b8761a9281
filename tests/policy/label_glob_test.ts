import { assertEquals } from "@std/assert";
import { headMatches, labelMatches } from "../../src/policy/label_glob.ts";

Deno.test("labelMatches() knows ? and * and is anchored at both ends", () => {
  const table: [string, string, boolean][] = [
    ["a", "a", true],
    ["a", "b", false],
    ["a", "ab", false],
    ["a", "ba", false],
    ["?", "a", true],
    ["?", "ab", false],
    ["??", "a", false],
    ["*", "anything", true],
    ["region*", "region", true],
    ["region*", "region1", true],
    ["region*", "xregion1", false],
    ["*-edge", "eu-edge", true],
    ["*-edge", "eu-edges", false],
    ["a*c", "abc", true],
    ["a*c", "ac", true],
    ["a*c", "abcd", false],
    ["a*b*c", "axbxbxc", true],
    ["a*b*c", "axcxc", false],
    ["*ab", "aab", true],
    // What the first letters took is not there for the last ones.
    ["ab*bc", "abc", false],
    ["a*a", "a", false],
    ["*a?c", "abacadc", true],
    ["a*?", "a", false],
    ["a*?", "ab", true],
    ["*?*", "a", true],
  ];
  for (const [glob, text, expected] of table) {
    assertEquals(labelMatches(glob, text, 0, text.length), expected, `${glob} ${text}`);
    assertEquals(labelMatches(glob, `x${text}y`, 1, text.length + 1), expected, `${glob} ${text}`);
  }
});

// The worst patterns there are, counted in steps rather than in seconds.
Deno.test("labelMatches() takes no more than the product of both lengths", () => {
  let reads = 0;
  const counted = (text: string) =>
    ({
      length: text.length,
      charCodeAt: (at: number) => {
        reads += 1;
        return text.charCodeAt(at);
      },
    }) as unknown as string;
  for (const glob of ["*a".repeat(31) + "b", "*?".repeat(31) + "b", "*".repeat(62) + "b"]) {
    reads = 0;
    assertEquals(labelMatches(counted(glob), counted("a".repeat(63)), 0, 63), false);
    assertEquals(reads < 3 * 63 * 63, true, `${glob} read ${reads} times`);
  }
});

Deno.test("headMatches() compares label by label from the right", () => {
  const name = "nested.www.api1.example.com";
  const end = name.length - ".example.com".length;
  const table: [readonly string[], "none" | "some" | "any", boolean][] = [
    [["nested", "www", "api?"], "none", true],
    [["www", "api?"], "none", false],
    [["www", "api?"], "some", true],
    [["nested", "www", "api?"], "some", false],
    [["nested", "www", "api?"], "any", true],
    [["api?"], "any", true],
    [["*", "*", "*"], "none", true],
    [["*"], "none", false],
    [["*", "*"], "none", false],
    [["*", "*", "*", "*"], "any", false],
    [["x*", "api?"], "any", false],
  ];
  for (const [head, deep, expected] of table) {
    assertEquals(headMatches(head, deep, name, end), expected, `${head} ${deep}`);
  }
});
