import { assertEquals } from "@std/assert";
import type { Policy } from "../../src/policy/policy.ts";
import { httpTo, policyOf, requestRule } from "../support/policy.ts";

/** What policy says of a request for a path inside a tunnel: "allow" or the reason. */
function answer(policy: Policy, path: string, method = "GET"): string {
  const decision = policy.decide(httpTo("api.test:443", {
    protocol: "https_connect",
    scheme: "https",
    method,
    path,
  }));
  return decision.verdict === "deny" ? decision.reason : decision.verdict;
}

function policyFor(...words: readonly string[]): Policy {
  return policyOf({ allow: ["api.test"] }, {
    interception: true,
    requestRules: words.map((word) => requestRule(`api.test ${word}`)),
  });
}

// Each leads elsewhere than it seems, for one server or another.
const ESCAPES: Record<string, string> = {
  "another name that begins alike": "/repos/my-evil",
  "another name that begins alike, and more": "/repos/my-evil/x",
  "a name that ends elsewhere": "/repos/my.git",
  "dots": "/repos/my/../x",
  "dots at the end": "/repos/my/..",
  "one dot": "/repos/./my/x",
  "encoded dots": "/repos/my/%2e%2e/x",
  "encoded dots in capitals": "/repos/my/%2E%2E/x",
  "half-encoded dots": "/repos/my/.%2e/x",
  "an encoded slash": "/repos/my%2f..%2fx",
  "an encoded slash below": "/repos/my/a%2F..%2F..%2Fx",
  "two slashes in front": "//repos/my/",
  "two slashes inside": "/repos//my/x",
  "two slashes below": "/repos/my//x",
  "two slashes below, and dots": "/repos/my//../x",
  "a lone parameter": "/repos/my/;/x",
  "dots with a parameter": "/repos/my/..;/x",
  "dots with a parameter and a value": "/repos/my/..;a=b/x",
  "dots with an encoded parameter": "/repos/my/..%3b/x",
  "a parameter behind the name": "/repos/my;a/x",
  "a backslash": "/repos/my\\..\\x",
  "an encoded backslash": "/repos/my/..%5cx",
  "encoded twice": "/repos/my/%252e%252e/x",
  "a slash encoded twice": "/repos/my%252f..%252fx",
  "overlong dots": "/repos/my/%c0%ae%c0%ae/x",
  "an overlong slash": "/repos/my/..%c0%afx",
  "a full-width slash": "/repos/my/..%ef%bc%8fx",
  "full-width dots": "/repos/my/%ef%bc%8e%ef%bc%8e/x",
  "bytes that are no text": "/repos/my/%ff",
  "a question mark that ends the path": "/repos?/repos/my/",
  "an encoded question mark": "/repos%3f/my/",
  "an encoded question mark behind the name": "/repos/my%3f/x",
  "a fragment": "/repos/my/#/../../x",
  "a fragment in front": "/#/repos/my/",
  "an encoded fragment": "/repos/my%23/x",
  "a NUL": "/repos/my/%00/../x",
  "a NUL behind the name": "/repos/my%00",
  "a line end": "/repos/my/%0d%0aX:%20y",
  "capitals": "/REPOS/my/x",
  "capitals in the name": "/repos/My/x",
  "a blank": "/repos/my /x",
  "a blank behind dots": "/repos/my/..%20/x",
  "malformed encoding": "/repos/my/%2/x",
  "another encoding": "/repos/my/%u002e%u002e/x",
  "the whole URL": "https://api.test/repos/my/",
  "the server as a whole": "*",
  "nothing": "",
};

const POLICIES: Record<string, Policy> = {
  "a path": policyFor("/repos/my"),
  "what is below a path": policyFor("/repos/my/"),
  "a glob": policyFor("/repos/my/**"),
  "a path with methods": policyFor("GET /repos/my/"),
  "a word": policyFor("read:repos/my"),
  "a word that writes": policyFor("write:repos/my"),
  "the second of two rules": policyFor("GET /other", "read:repos/my"),
};

for (const [name, policy] of Object.entries(POLICIES)) {
  for (const [escape, path] of Object.entries(ESCAPES)) {
    Deno.test(`a rule about ${name} is not led astray by ${escape}`, () => {
      assertEquals(answer(policy, path), "mitm_hook_denied", path);
    });
  }
  Deno.test(`a rule about ${name} lets through what it is about`, () => {
    for (const path of ["/repos/my/x", "/repos/m%79/x?y=../..", "/repos/my/a/b%20c/d;e=f"]) {
      assertEquals(answer(policy, path), "allow", path);
    }
  });
}

// What a star stands for is one segment, and the path is all of it.
const GLOB_ESCAPES = [
  "/repos/a/b/tags",
  "/repos/%2e%2e/tags",
  "/repos//tags",
  "/repos/a%2fb/tags",
  "/repos/a/tags/x",
  "/repos/a/tags/",
  "/repos/secret%3f/tags",
  "/repos/secret%23/tags",
  "/repos/;/tags",
];

for (const path of GLOB_ESCAPES) {
  Deno.test(`a star crosses no slash: ${path}`, () => {
    assertEquals(answer(policyFor("/repos/*/tags"), path), "mitm_hook_denied");
    assertEquals(answer(policyFor("/repos/*/tags"), "/repos/a/tags"), "allow");
  });
}

// Whoever may only read prepares no push, by whatever name.
const PUSHES = [
  ["GET", "/o/r.git/info/refs?service=git-receive-pack"],
  ["GET", "/o/r.git/info/refs?service=git%2dreceive-pack"],
  ["GET", "/o/r.git/info/refs?service=git-upload-pack&service=git-receive-pack"],
  ["GET", "/o/r.git/info%2frefs?service=git-receive-pack"],
  ["GET", "/o/r.git/x/../info/refs?service=git-receive-pack"],
  ["POST", "/o/r.git/git-receive-pack"],
  ["POST", "/o/r.git/git-upload-pack/../git-receive-pack"],
  ["POST", "/o/r.git/git-receive-pack;/git-upload-pack"],
  ["POST", "/o/r.git/git-receive-pack?/git-upload-pack"],
  ["POST", "/o/r.git/git-receive-pack%3f/../git-upload-pack"],
  ["POST", "/o/r.git/git-upload-pack?service=git-receive-pack"],
] as const;

for (const [method, path] of PUSHES) {
  Deno.test(`"read" is no leave to push: ${method} ${path}`, () => {
    assertEquals(answer(policyFor("read"), path, method), "mitm_hook_denied");
    assertEquals(answer(policyFor("read", "git-push:my"), path, method), "mitm_hook_denied");
    assertEquals(answer(policyFor("git-fetch"), path, method), "mitm_hook_denied");
  });
}
