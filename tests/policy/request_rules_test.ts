import { assertEquals } from "@std/assert";
import type { HttpRequest } from "../../src/policy/request.ts";
import { RequestRules } from "../../src/policy/request_rules.ts";
import { connectTo, httpTo, requestRule } from "../support/policy.ts";

const RULES = new RequestRules([
  requestRule("a.test GET /x", 1),
  requestRule("*.b.test read", 2),
  requestRule("a.test:8080 POST", 3),
  requestRule("a.test POST /x /y", 4),
  requestRule("c.b.test", 5),
  requestRule("192.0.2.0/24 read", 6),
]);

function answer(host: string, parts: Partial<HttpRequest> = {}): string {
  const said = RULES.answer(httpTo(host, parts));
  switch (said.kind) {
    case "none":
      return "none";
    case "match":
      return String(said.rule.origin.line);
    case "miss":
      return said.detail;
  }
}

// Upstream: evaluate_returns_first_matching_hook, evaluate_returns_no_hooks_for_unconfigured_host.
Deno.test("RequestRules.answer() is that of the first rule that matches", () => {
  assertEquals(answer("a.test", { path: "/x" }), "1");
  assertEquals(answer("a.test", { path: "/x", method: "POST" }), "4");
  assertEquals(answer("a.test:8080", { path: "/x", method: "POST" }), "3");
  assertEquals(answer("c.b.test"), "2");
  assertEquals(answer("c.b.test", { method: "POST" }), "5");
  assertEquals(answer("192.0.2.7"), "6");
  assertEquals(answer("b.test"), "none");
  assertEquals(answer("other.test"), "none");
});

Deno.test("RequestRules.answer() tells what the nearest rule misses, without the query", () => {
  const table: [Partial<HttpRequest>, string][] = [
    [{ method: "PUT", path: "/x?s3cret" }, "PUT /x: no rule has this method"],
    [{ path: "/z?s3cret" }, "GET /z: no rule with this method has this path"],
    [{ method: "POST", path: "/z" }, "POST /z: no rule with this method has this path"],
    [{ method: "\u001b[2J" }, "the method /: no rule has this method"],
    [
      { path: "/\u202e" },
      "GET of this path: servers differ in how they read this path: it has a character that belongs in no URL",
    ],
    [
      { method: "PUT", path: `/${"l".repeat(99)}` },
      `PUT /${"l".repeat(99)}: no rule has this method`,
    ],
    [
      { method: "PUT", path: `/${"l".repeat(100)}` },
      `PUT /${"l".repeat(99)}...: no rule has this method`,
    ],
  ];
  for (const [parts, detail] of table) assertEquals(answer("a.test", parts), detail);
});

Deno.test("RequestRules.answer() names the rule that misses least, the first of several", () => {
  const nearest = (parts: Partial<HttpRequest>) => {
    const said = RULES.answer(httpTo("a.test", parts));
    return said.kind === "miss" ? said.nearest.origin.line : null;
  };
  assertEquals(nearest({ path: "/z" }), 1);
  assertEquals(nearest({ path: "/z", method: "POST" }), 4);
  assertEquals(nearest({ path: "/x", method: "PUT" }), 1);
});

Deno.test("RequestRules.of() keeps to the port of a rule", () => {
  const lines = (host: string) => RULES.of(connectTo(host).target).map(({ origin }) => origin.line);
  assertEquals(lines("a.test"), [1, 4]);
  assertEquals(lines("a.test:8080"), [1, 3, 4]);
  assertEquals(lines("c.b.test"), [2, 5]);
  assertEquals(lines("z.test"), []);
});

Deno.test("RequestRules know when there are none", () => {
  assertEquals([new RequestRules([]).isEmpty, RULES.isEmpty], [true, false]);
  assertEquals(new RequestRules([]).answer(httpTo("a.test")), { kind: "none" });
});
