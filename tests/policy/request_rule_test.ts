import { assert, assertEquals } from "@std/assert";
import type { HttpRequest } from "../../src/policy/request.ts";
import { missOf, type RequestRule, ruledRequest } from "../../src/policy/request_rule.ts";
import { parseValuePattern, type ValuePattern } from "../../src/policy/value_pattern.ts";
import { httpTo, requestRule } from "../support/policy.ts";

function value(text: string): ValuePattern {
  const parsed = parseValuePattern(text);
  assert(parsed.kind !== "bad");
  return parsed;
}

function miss(rule: RequestRule, parts: Partial<HttpRequest>): string | null {
  return missOf(rule, ruledRequest(httpTo("a.test", parts)))?.why ?? null;
}

const NARROW = requestRule("a.test GET POST /x", 1, {
  query: [{ name: "page", values: [value("1"), value("pattern:2*")] }],
  headers: [{ name: "accept", values: [value("text/plain")] }, { name: "x-id", values: [] }],
});

const SENT: Record<string, readonly string[]> = { accept: ["text/plain"], "x-id": ["7"] };

function sending(fields: Record<string, readonly string[]>): HttpRequest["header"] {
  return (name) => fields[name] ?? [];
}

// Upstream: evaluate_matches_query_and_header_constraints,
// evaluate_matches_wildcard_path_query_and_header_constraints.
Deno.test("missOf() finds nothing where all of a rule holds", () => {
  for (const path of ["/x?page=1", "/x/y?page=2&page=25&z", "/x?page=1#".slice(0, -1)]) {
    assertEquals(miss(NARROW, { path, header: sending(SENT) }), null, path);
  }
});

// Upstream: evaluate_returns_hooked_host_no_match_when_query_constraint_fails
Deno.test("missOf() says what is not as the rule asks for", () => {
  const table: [Partial<HttpRequest>, string][] = [
    [{ method: "PUT" }, "no rule has this method"],
    [{ method: "get" }, "no rule has this method"],
    [{ methodOverride: "x-http-method" }, "a header asks for another method, which no rule has"],
    [{ upgrades: true }, "it asks to leave HTTP, and the rule names methods"],
    [{ path: "/y" }, "no rule with this method has this path"],
    [
      { path: "/x/../y?page=1" },
      "servers differ in how they read this path: it has a dot segment, or an empty one",
    ],
    [{ path: "/x" }, "the query is not what the rule asks for"],
    [{ path: "/x?page=1&page=3" }, "the query is not what the rule asks for"],
    [{ path: "/x?page=1;z" }, "servers differ in how they read this query"],
    [{ header: () => [] }, "the headers are not what the rule asks for"],
    [
      { header: sending({ ...SENT, accept: ["text/plain", "text/html"] }) },
      "the headers are not what the rule asks for",
    ],
    [
      { header: sending({ accept: ["text/plain"] }) },
      "the headers are not what the rule asks for",
    ],
  ];
  for (const [parts, why] of table) {
    assertEquals(miss(NARROW, { path: "/x?page=1", header: sending(SENT), ...parts }), why);
  }
});

Deno.test("missOf() leaves out what a rule does not ask about", () => {
  const anything: Partial<HttpRequest>[] = [
    { method: "BREW", upgrades: true, methodOverride: "x", hasBody: true },
    { path: "/a/../%00" },
    { path: "*", method: "OPTIONS" },
  ];
  for (const parts of anything) assertEquals(miss(requestRule("a.test"), parts), null);
});

Deno.test("missOf() asks every word, and one is enough", () => {
  const rule = requestRule("a.test read:o git-push:o/r");
  assertEquals(miss(rule, { path: "/o" }), null);
  assertEquals(miss(rule, { method: "POST", path: "/o/r/git-receive-pack" }), null);
  assertEquals(
    miss(rule, { method: "POST", path: "/o" }),
    "this is more than the rule says: read:o, git-push:o/r",
  );
  assertEquals(
    miss(rule, { method: "POST", path: "/o/x/git-receive-pack" }),
    "a git push is more than the rule says: read:o, git-push:o/r",
  );
  assertEquals(
    miss(rule, { path: "/o/%2e" }),
    "servers differ in how they read this path: it has a dot segment, or an empty one",
  );
});

Deno.test("missOf() lets a rule with a secret match HTTPS alone", () => {
  const inject = [{ name: "Authorization", value: () => "s3cret" }];
  const rule = requestRule("a.test", 1, { actions: { strip: [], inject } });
  assertEquals(miss(rule, { scheme: "https" }), null);
  assertEquals(
    miss(rule, { scheme: "http" }),
    "the rule that fits puts a secret into the header, and that goes out over HTTPS only",
  );
  const strip = requestRule("a.test", 1, { actions: { strip: ["cookie"], inject: [] } });
  assertEquals(miss(strip, { scheme: "http" }), null);
});

Deno.test("a rule's secret is in nothing that prints it", () => {
  const secret = crypto.randomUUID();
  const inject = [{ name: "Authorization", value: () => secret }];
  const rule = requestRule("a.test", 1, { actions: { strip: [], inject } });
  assertEquals((JSON.stringify(rule) + Deno.inspect(rule, { depth: 9 })).includes(secret), false);
});
