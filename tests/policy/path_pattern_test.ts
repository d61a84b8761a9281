import { assert, assertEquals } from "@std/assert";
import { parsePathPattern, pathMatches } from "../../src/policy/path_pattern.ts";
import { readRequestPath } from "../../src/policy/request_path.ts";

function matches(pattern: string, path: string, stars: "wild" | "literal" = "wild"): boolean {
  const parsed = parsePathPattern(pattern, stars);
  assert(!("why" in parsed), pattern);
  const read = readRequestPath(path);
  assert(read.kind === "path", path);
  return pathMatches(parsed, read);
}

/** A pattern, paths that it matches, and paths that it does not. */
const TABLE: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ["/", ["/", "/a", "/a/b"], []],
  [
    "/repos/my",
    ["/repos/my", "/repos/my/", "/repos/my/x", "/repos/%6dy/x", "/repos/my?x"],
    ["/", "/repos", "/repos/my-evil", "/repos/myx/y", "/x/repos/my", "/REPOS/my", "/repos/MY/x"],
  ],
  [
    "/repos/my/",
    ["/repos/my/", "/repos/my/x", "/repos/my/x/y?z"],
    ["/repos/my", "/repos/my-evil", "/repos/mx/"],
  ],
  ["/a%2Db", ["/a-b", "/a%2db"], ["/a%2Cb"]],
  ["/a%20b", ["/a%20b"], ["/a+b"]],
  ["/c%23", ["/c%23/x"], ["/c"]],
  ["/a/*", ["/a/b", "/a/b.c"], ["/a", "/a/", "/a/b/c", "/a/b/"]],
  ["/a/*/c", ["/a/b/c"], ["/a/c", "/a/b/x/c", "/a/b/c/d", "/a/b/c/"]],
  ["/a/*/", ["/a/b/"], ["/a/b", "/a/b/c"]],
  ["/a/x*", ["/a/xy"], ["/a/x", "/a/yx", "/a/x/y"]],
  ["/a/*.json", ["/a/b.json"], ["/a/.json", "/a/b.jsonp"]],
  ["/a/**", ["/a", "/a/", "/a/b", "/a/b/c"], ["/ab", "/b/a"]],
  ["/**/c", ["/c", "/a/c", "/a/b/c"], ["/a/cc", "/c/a"]],
  ["/a/**/c/*", ["/a/c/d", "/a/b/c/d", "/a/c/c/d"], ["/a/c", "/a/c/d/e"]],
  ["/**/a/**/b", ["/a/b", "/x/a/y/a/z/b"], ["/a", "/b/a"]],
  ["pattern:/a/*", ["/a/b"], ["/a/b/c"]],
  ["literal:/a/*", ["/a/*", "/a/*/b"], ["/a/b"]],
  ["pattern:/a\\*b/*", ["/a*b/c"], ["/axb/c"]],
  // A server that decodes first would end such a path earlier.
  ["/a/*/c", [], ["/a/b%3F/c", "/a/b%23/c"]],
];

for (const [pattern, yes, no] of TABLE) {
  Deno.test(`pathMatches() knows what ${pattern} is about`, () => {
    assertEquals(yes.filter((path) => !matches(pattern, path)), []);
    assertEquals(no.filter((path) => matches(pattern, path)), []);
  });
}

Deno.test("parsePathPattern() takes a star for itself in the shape of the original", () => {
  assertEquals(matches("/a/*", "/a/b", "literal"), false);
  assertEquals(matches("/a/*", "/a/*/b", "literal"), true);
  assertEquals(matches("pattern:/a/*", "/a/b", "literal"), true);
  // Upstream: evaluate_path_wildcard_does_not_cross_segment_boundaries
  assertEquals(matches("pattern:/repos/*/tags", "/repos/a/b/tags", "literal"), false);
});

/** What is no path, and a part of why. */
const BAD: readonly (readonly [string, string])[] = [
  ["", 'write "/"'],
  ["a/b", 'write "/a/b"'],
  ["*", 'write "/*"'],
  ["pattern:a", 'write "/a"'],
  ["/a?b=c", "query = {"],
  ["/a/*?b", "query = {"],
  ["/caf\u00e9", '"/caf%C3%A9"'],
  ["/a b", '"/a%20b"'],
  ["/a#b", "a fragment"],
  ["/a/../b", "a dot segment"],
  ["/a/%2e%2e/*", "a dot segment"],
  ["/a//b", "an empty segment"],
  ["/a//*", "an empty segment"],
  ["/a%2fb", "an encoded slash"],
  ["/a%", "encodes nothing"],
  ["/a%4*", "encodes nothing"],
  ["/a**b", "** stands alone"],
  ["/a/***", "** stands alone"],
  ["/a/[b]*", "only * stands for other characters"],
  ["/a/\ud800", "belongs in no URL"],
];

for (const [text, why] of BAD) {
  Deno.test(`parsePathPattern() refuses ${JSON.stringify(text)}`, () => {
    const parsed = parsePathPattern(text, "wild");
    assert("why" in parsed && parsed.why.includes(why), JSON.stringify(parsed));
  });
}

Deno.test("pathMatches() takes no longer for a path that was made to be slow", () => {
  const started = performance.now();
  matches("/**/a/**/a/**/a/**/b", "/a".repeat(16 * 1024));
  assert(performance.now() - started < 1000);
});

Deno.test("parsePathPattern() writes no path out as a mend that is too long for a message", () => {
  const why = (text: string) => (parsePathPattern(text, "wild") as { why: string }).why;
  const slash = "a path begins with a slash";
  assertEquals(why("x".repeat(199)), `${slash}; write "/${"x".repeat(199)}"`);
  assertEquals(why("x".repeat(200)), slash);
  const encoded = "a URL has no such characters; write them encoded";
  assertEquals(why(`/${"x".repeat(193)}\u00e9`), `${encoded}, "/${"x".repeat(193)}%C3%A9"`);
  assertEquals(why(`/${"x".repeat(194)}\u00e9`), encoded);
});

Deno.test("parsePathPattern() writes out nothing that may be credentials", () => {
  const why = (text: string) => (parsePathPattern(text, "wild") as { why: string }).why;
  assertEquals(why("https://me:secret@a.test/x"), "a path begins with a slash");
  assertEquals(why("//me:secret@a.test/\u00e9").includes("secret"), false);
  assertEquals(why("@scope/name"), 'a path begins with a slash; write "/@scope/name"');
});
