import { assert, assertEquals } from "@std/assert";
import { formatCapability, parseCapability, permits } from "../../src/policy/capability.ts";
import type { HttpRequest } from "../../src/policy/request.ts";
import { ruledRequest } from "../../src/policy/request_rule.ts";
import { httpTo } from "../support/policy.ts";

function may(word: string, line: string, parts: Partial<HttpRequest> = {}): boolean {
  const [method = "", path = ""] = line.split(" ");
  const parsed = parseCapability(word);
  assert(!("why" in parsed), word);
  const hasBody = method === "POST";
  const ruled = ruledRequest(httpTo("git.test", { method, path, hasBody, ...parts }));
  return permits(parsed, ruled.request, ruled.path, ruled.git);
}

const FETCH = ["GET /o/r/info/refs?service=git-upload-pack", "POST /o/r.git/git-upload-pack"];
const PUSH = ["GET /o/r/info/refs?service=git-receive-pack", "POST /o/r.git/git-receive-pack"];
const READ = ["GET /", "HEAD /o/r", "OPTIONS *", "OPTIONS /o/r", "GET /a//b/../c", "GET /o/r?x=y"];
const WRITE = ["POST /o/r", "PUT /o/r", "DELETE /o/r", "get /o/r", "TRACE /", "BREW /"];

/** A word, what it covers, and what it does not. */
const TABLE: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ["read", [...READ, ...FETCH], [...WRITE, ...PUSH]],
  ["write", [...READ, ...WRITE, ...FETCH, ...PUSH], []],
  ["git-fetch", FETCH, [...READ, ...WRITE, ...PUSH]],
  ["git-push", PUSH, [...READ, ...WRITE, ...FETCH]],
  [
    "read:o",
    ["GET /o", "GET /o/r", "HEAD /o/", ...FETCH],
    ["GET /", "GET /ox", "GET /x/o", "OPTIONS *", "GET /o/../x", "GET //o", "GET /O", ...PUSH],
  ],
  ["read:o/r", ["GET /o/r/x", ...FETCH], ["GET /o", "GET /o/r2", "GET /o/r.git/x", "POST /o/r"]],
  ["write:o/r", ["POST /o/r/x", ...FETCH, ...PUSH], ["POST /o", "POST /o/rx", "POST /o/r/../x"]],
  ["git-push:o", PUSH, ["POST /ox/r/git-receive-pack", "POST /x/o/git-receive-pack", ...FETCH]],
  ["git-push:o/r", PUSH, ["POST /o/r2/git-receive-pack", "POST /o/git-receive-pack"]],
  ["git-push:/o/r.git", PUSH, ["POST /o/r.github/git-receive-pack"]],
  ["git-push:o/", PUSH, ["POST /o/git-receive-pack"]],
  ["git-fetch:o/r", FETCH, ["POST /o/r.git.git/git-upload-pack"]],
  // The scope is about the repository, and not about what git appends to it.
  ["git-push:o/info", ["POST /o/info/git-receive-pack"], [
    "GET /o/info/refs?service=git-receive-pack",
  ]],
];

for (const [word, yes, no] of TABLE) {
  Deno.test(`permits() knows what ${word} covers`, () => {
    assertEquals(yes.filter((line) => !may(word, line)), []);
    assertEquals(no.filter((line) => may(word, line)), []);
  });
}

Deno.test("permits() lets read do what limited mode does, and no more", () => {
  assertEquals(may("read", "GET /", { hasBody: true }), false);
  assertEquals(may("read", "GET /", { upgrades: true }), false);
  assertEquals(may("read", "GET /", { methodOverride: "x-http-method" }), false);
  assertEquals(may("write", "GET /", { methodOverride: "x-http-method", upgrades: true }), true);
});

/** What is no word, and a part of why. */
const BAD: readonly (readonly [string, string])[] = [
  ["", "read, write, git-fetch, git-push"],
  ["reads", "read, write, git-fetch, git-push"],
  ["READ", "read, write, git-fetch, git-push"],
  ["constructor", "read, write, git-fetch, git-push"],
  ["read:", "write read for the whole host"],
  ["read:/", "write read for the whole host"],
  ["read:o/*", "write read:o"],
  ["git-push:*", "write git-push"],
  ["read:o/../x", "a dot segment"],
  ["read:o?x", "query"],
];

for (const [text, why] of BAD) {
  Deno.test(`parseCapability() refuses ${JSON.stringify(text)}`, () => {
    const parsed = parseCapability(text);
    assert("why" in parsed && parsed.why.includes(why), JSON.stringify(parsed));
  });
}

Deno.test("formatCapability() prints what is written", () => {
  for (const text of ["read", "git-push:o/r", "read:o/"]) {
    const parsed = parseCapability(text);
    assert(!("why" in parsed));
    assertEquals(formatCapability(parsed), text);
  }
});
