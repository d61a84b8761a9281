import { assert, assertEquals } from "@std/assert";
import { canonical, decodeText, readRequestPath } from "../../src/policy/request_path.ts";

// Upstream: accepts_unambiguous_paths
/** A target, its path and its query. */
const READ: readonly (readonly [string, string, string | null])[] = [
  ["/", "/", null],
  ["/?", "/", ""],
  ["/a/b", "/a/b", null],
  ["/a/b/", "/a/b/", null],
  ["/a?b=/../c", "/a", "b=/../c"],
  ["/a?b?c", "/a", "b?c"],
  ["/%61%2e%7Eb", "/a.~b", null],
  ["/a%20b%c3%a9", "/a%20b%C3%A9", null],
  ["/a.b/..c/d..", "/a.b/..c/d..", null],
  ["/.well-known/x", "/.well-known/x", null],
  ["/a;b=c/d", "/a;b=c/d", null],
  ["/a:b@c!$&'()*+,=-._~", "/a:b@c!$&'()*+,=-._~", null],
  ["/c%23/x%3fy", "/c%23/x%3Fy", null],
  ["/%F0%9F%98%80", "/%F0%9F%98%80", null],
];

for (const [target, text, query] of READ) {
  Deno.test(`readRequestPath() reads ${target}`, () => {
    assertEquals(readRequestPath(target), { kind: "path", text, query });
  });
}

// Upstream: rejects_paths_with_ambiguous_segments_or_encodings.
const DOTS = "a dot segment, or an empty one";
const ENCODED = "an encoded slash, backslash or percent sign";
const AMBIGUOUS: readonly (readonly [string, string])[] = [
  ["*", "no slash at its start"],
  ["", "no slash at its start"],
  ["a/b", "no slash at its start"],
  ["/a/./b", DOTS],
  ["/a/../b", DOTS],
  ["/a/..", DOTS],
  ["/.", DOTS],
  ["/a/%2e%2e/b", DOTS],
  ["/a/.%2E/b", DOTS],
  ["/a/%2e/b", DOTS],
  ["/a/.../b", DOTS],
  ["/a/..;/b", DOTS],
  ["/a/..;x=y/b", DOTS],
  ["/a/.;/b", DOTS],
  ["/a/..%3bx/b", DOTS],
  ["/a/;/b", DOTS],
  ["/a/;x/b", DOTS],
  ["/a/..%20/b", DOTS],
  ["/a/%20/b", DOTS],
  ["//a", "an empty segment"],
  ["/a//b", "an empty segment"],
  ["/a//", "an empty segment"],
  ["/a\\b", "a backslash"],
  ["/a\\..\\b", "a backslash"],
  ["/a%5cb", ENCODED],
  ["/a%2fb", ENCODED],
  ["/a%2F..%2fb", ENCODED],
  ["/a/%252e%252e/b", ENCODED],
  ["/a/%25", ENCODED],
  ["/a%", "a percent sign that encodes nothing"],
  ["/a%2", "a percent sign that encodes nothing"],
  ["/a%g0", "a percent sign that encodes nothing"],
  ["/a%u002e", "a percent sign that encodes nothing"],
  ["/a%00", "an encoded control character"],
  ["/a%0d%0ab", "an encoded control character"],
  ["/a%7f", "an encoded control character"],
  ["/a%c2%85", "an encoded control character"],
  ["/a/%c0%ae%c0%ae/b", "encoded bytes that are no text"],
  ["/a%c0%afb", "encoded bytes that are no text"],
  ["/a%e0%80%af", "encoded bytes that are no text"],
  ["/a%ff", "encoded bytes that are no text"],
  ["/a%ed%a0%80", "encoded bytes that are no text"],
  ["/a%c3/b", "encoded bytes that are no text"],
  ["/a#b", "a fragment"],
  ["/a?b#c", "a fragment"],
  ["/a b", "a character that belongs in no URL"],
  ["/\u00e9", "a character that belongs in no URL"],
  ["/a\u0000", "a character that belongs in no URL"],
  // Full-width forms, which some servers fold: a solidus, a full stop, a backslash, a percent sign.
  ["/a%EF%BC%8Fb", "a character that may be read as a slash"],
  ["/a/%EF%BC%8E%EF%BC%8E/b", DOTS],
  ["/a/%E2%80%A5/b", DOTS],
  ["/a%EF%BC%BCb", "a character that may be read as a slash"],
  ["/a%EF%BC%852e", "a character that may be read as a slash"],
];

for (const [target, why] of AMBIGUOUS) {
  Deno.test(`readRequestPath() finds ${JSON.stringify(target)} ambiguous`, () => {
    assertEquals(readRequestPath(target), { kind: "ambiguous", why });
  });
}

Deno.test("canonical() decodes what need not be encoded, once", () => {
  assertEquals(canonical("%41%2d%7e%2f%2561"), "A-~%2F%2561");
});

Deno.test("decodeText() gives null for what is no UTF-8", () => {
  assertEquals([decodeText("a%20b"), decodeText("%ff"), decodeText("%")], ["a b", null, null]);
});

Deno.test("readRequestPath() takes no longer for a path that was made to be slow", () => {
  const started = performance.now();
  for (const piece of ["/a", "%61", "%EF%B7%BA", "/%2e", ";", "."]) {
    readRequestPath(`/${piece.repeat(64 * 1024 / piece.length)}`);
  }
  assert(performance.now() - started < 2000);
});
