import { assertEquals, assertMatch } from "@std/assert";
import type { Deny } from "../../src/policy/decision.ts";
import { guardMode } from "../../src/policy/mode_guard.ts";
import type { HttpRequest } from "../../src/policy/request.ts";
import { connectTo, httpTo } from "../support/policy.ts";

function limited(parts: Partial<HttpRequest>): Deny | null {
  return guardMode("limited", httpTo("example.com", parts));
}

// Upstream: method_allowed_full_allows_everything
Deno.test("guardMode() lets everything through in full mode", () => {
  for (const method of ["GET", "POST", "CONNECT", "get", "PURGE"]) {
    const request = httpTo("example.com", { method, hasBody: true, upgrades: true });
    assertEquals(guardMode("full", request), null, method);
  }
  assertEquals(guardMode("full", connectTo("example.com")), null);
  assertEquals(guardMode("full", connectTo("example.com", "socks5_tcp")), null);
});

// Upstream: method_allowed_limited_allows_only_safe_methods
Deno.test("guardMode() lets GET, HEAD and OPTIONS through in limited mode", () => {
  for (const method of ["GET", "HEAD", "OPTIONS"]) assertEquals(limited({ method }), null, method);
});

Deno.test("guardMode() says what exactly makes a request more than reading", () => {
  const table: [Partial<HttpRequest>, string][] = [
    [{ method: "POST" }, "POST is not a reading method"],
    [{ method: "CONNECT" }, "CONNECT is not a reading method"],
    [{ method: "TRACE" }, "TRACE is not a reading method"],
    [{ method: "get" }, "get is not GET: methods are case-sensitive"],
    [{ method: "Options" }, "Options is not OPTIONS: methods are case-sensitive"],
    [{ method: "" }, "the method is not a reading method"],
    [{ method: "GET\r\nX: y" }, "the method is not a reading method"],
    [{ method: "A".repeat(40) }, `${"A".repeat(40)} is not a reading method`],
    [{ method: "A".repeat(41) }, "the method is not a reading method"],
    [{ hasBody: true }, "GET with a body"],
    [{ method: "HEAD", hasBody: true }, "HEAD with a body"],
    [{ upgrades: true }, "GET with an Upgrade header"],
    [
      { methodOverride: "x-http-method-override" },
      "x-http-method-override asks for another method than GET",
    ],
    [{ methodOverride: "x y" }, "a header asks for another method than GET"],
  ];
  for (const [parts, detail] of table) {
    assertEquals(limited(parts), {
      verdict: "deny",
      reason: "method_not_allowed",
      source: "mode_guard",
      rule: null,
      detail,
    });
    assertMatch(detail, /^[ -~]+$/);
  }
});

Deno.test("guardMode() stops tunnels in limited mode: it cannot see into them", () => {
  const refusals = (["https_connect", "socks5_tcp", "socks5_udp"] as const)
    .map((protocol) => guardMode("limited", connectTo("example.com", protocol)))
    .map((deny) => [deny?.reason, deny?.source]);
  assertEquals(refusals, [
    ["mitm_required", "mode_guard"],
    ["method_not_allowed", "mode_guard"],
    ["method_not_allowed", "mode_guard"],
  ]);
});
