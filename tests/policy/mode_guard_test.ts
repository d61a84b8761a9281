import { assertEquals, assertMatch } from "@std/assert";
import type { Deny } from "../../src/policy/decision.ts";
import { guardMode, guardReading, isReading } from "../../src/policy/mode_guard.ts";
import type { HttpRequest } from "../../src/policy/request.ts";
import { connectTo, httpTo, socketAt } from "../support/policy.ts";

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

Deno.test("guardMode() leaves tunnels alone: what they do cannot be told from outside", () => {
  for (const protocol of ["https_connect", "socks5_tcp", "socks5_udp"] as const) {
    assertEquals(guardMode("limited", connectTo("example.com", protocol)), null, protocol);
  }
});

Deno.test("guardMode() tells whoever fetches with git what lets a fetch pass", () => {
  const fetching = { method: "POST", hasBody: true, path: "/org/repo.git/git-upload-pack" };
  assertEquals(
    limited(fetching)?.detail,
    'POST is not a reading method; a git fetch passes with mode = "full" and the request rule "read"',
  );
  const detail = "POST is not a reading method";
  assertEquals(limited({ ...fetching, path: "/org/repo.git/git-receive-pack" })?.detail, detail);
  assertEquals(limited({ ...fetching, path: "/org/../git-upload-pack" })?.detail, detail);
  assertEquals(guardMode("limited", socketAt(fetching.path, { method: "POST" }))?.detail, detail);
});

Deno.test("guardReading() asks the same whatever the mode", () => {
  assertEquals(guardReading(httpTo("example.com")), null);
  assertEquals(guardReading(httpTo("example.com", { upgrades: true }))?.source, "mode_guard");
});

Deno.test("isReading() knows a method by its letters", () => {
  const methods = ["GET", "HEAD", "OPTIONS", "get", "POST", "TRACE"];
  assertEquals(methods.filter(isReading), ["GET", "HEAD", "OPTIONS"]);
});
