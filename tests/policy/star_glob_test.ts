import { assert, assertEquals } from "@std/assert";
import { parseStarGlob, type StarGlob, starGlobMatches } from "../../src/policy/star_glob.ts";

function glob(text: string): StarGlob {
  const parsed = parseStarGlob(text);
  assert(parsed.kind === "glob", text);
  return parsed;
}

/** A glob, a text, and whether it fits where a star may be empty, and where it may not. */
const TABLE: readonly (readonly [string, string, boolean, boolean])[] = [
  ["a", "a", true, true],
  ["a", "ab", false, false],
  ["a", "", false, false],
  ["", "", true, true],
  ["*", "", true, false],
  ["*", "anything", true, true],
  ["a*", "a", true, false],
  ["a*", "ab", true, true],
  ["*a", "ba", true, true],
  ["*a", "a", true, false],
  ["a*c", "ac", true, false],
  ["a*c", "abc", true, true],
  ["a*c", "abcd", false, false],
  ["a*b*c", "axbxbxc", true, true],
  ["a*b*c", "axbc", true, false],
  ["a*b*c", "axcxc", false, false],
  // What the first letters took is not there for the last ones.
  ["ab*bc", "abc", false, false],
  ["a*a", "a", false, false],
  ["a*b*b", "ab", false, false],
  ["a*b*b", "axbxb", true, true],
  ["a**c", "ac", true, false],
  ["a**c", "abbc", true, true],
  ["a\\*c", "a*c", true, true],
  ["a\\*c", "abc", false, false],
  ["a\\\\", "a\\", true, true],
  ["\\[x\\]", "[x]", true, true],
  ["\\a", "a", true, true],
];

for (const [pattern, text, some, more] of TABLE) {
  Deno.test(`starGlobMatches() compares ${pattern} with ${JSON.stringify(text)}`, () => {
    const parsed = glob(pattern);
    assertEquals([starGlobMatches(parsed, text, 0), starGlobMatches(parsed, text, 1)], [
      some,
      more,
    ]);
  });
}

Deno.test("parseStarGlob() refuses what is a wildcard elsewhere, and a backslash without a character", () => {
  for (const text of ["a?", "[ab]", "{a,b}", "a]", "a}"]) {
    const parsed = parseStarGlob(text);
    assert(parsed.kind === "bad" && parsed.why.startsWith("only * stands"), text);
  }
  const open = parseStarGlob("a\\");
  assert(open.kind === "bad" && open.why.includes("backslash"));
});

Deno.test("starGlobMatches() takes no longer for a text that was made to be slow", () => {
  const pattern = glob(`${"a*".repeat(50)}b`);
  const started = performance.now();
  assertEquals(starGlobMatches(pattern, "a".repeat(64 * 1024), 0), false);
  assert(performance.now() - started < 1000);
});
