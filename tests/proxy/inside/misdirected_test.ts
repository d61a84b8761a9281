import { assertEquals } from "@std/assert";
import { readMessage } from "../../../src/proxy/http/message.ts";
import { misdirected } from "../../../src/proxy/inside/misdirected.ts";
import type { TunnelScope } from "../../../src/proxy/inside/tunnel_scope.ts";
import { requestHead } from "../../support/heads.ts";
import { connectTo } from "../../support/policy.ts";

/** What is said inside a tunnel to `tunnel`; null is no tunnel. */
function scopeOf(tunnel: string, scheme: TunnelScope["scheme"] = "https"): TunnelScope {
  const request = connectTo(tunnel);
  return { request, scheme, approved: undefined, attempt: () => null, protocols: ["http/1.1"] };
}

/** The refusal of a GET whose `Host`, and whose target if it has one, lead there. */
function refusal(scope: TunnelScope | null, host: string, target = "/") {
  const head = requestHead(`GET ${target} HTTP/1.1`, `Host: ${host}`);
  return misdirected(readMessage(head, { kind: "none" }, scope), scope);
}

const SAME: readonly (readonly [tunnel: string, host: string, target?: string])[] = [
  ["allowed.test:443", "allowed.test"],
  ["allowed.test:443", "ALLOWED.test.:443"],
  ["allowed.test:8443", "allowed.test:8443"],
  ["allowed.test:443", "allowed.test", "https://allowed.test/"],
  ["93.184.216.34:443", "93.184.216.34"],
  ["[2001:db8::1]:443", "[2001:DB8:0::1]"],
];

Deno.test("misdirected() lets a request pass that names the place the tunnel leads to", () => {
  for (const [tunnel, host, target] of SAME) {
    assertEquals(refusal(scopeOf(tunnel), host, target), null, `${host} ${target}`);
  }
  assertEquals(refusal(scopeOf("allowed.test:80", "http"), "allowed.test"), null);
});

const OTHER: typeof SAME = [
  ["allowed.test:443", "evil.test"],
  ["allowed.test:443", "www.allowed.test"],
  ["www.allowed.test:443", "allowed.test"],
  ["allowed.test:443", "allowed.test:8443"],
  // Without a port it is the one of HTTPS, whichever the tunnel leads to.
  ["allowed.test:8443", "allowed.test"],
  ["allowed.test:443", "93.184.216.34"],
  ["93.184.216.34:443", "allowed.test"],
  ["93.184.216.34:443", "93.184.216.35"],
  ["allowed.test:443", "evil.test", "https://evil.test/"],
];

Deno.test("misdirected() refuses a request that names any other place", () => {
  for (const [tunnel, host, target] of OTHER) {
    assertEquals(refusal(scopeOf(tunnel), host, target), {
      verdict: "deny",
      reason: "host_mismatch",
      source: "baseline_policy",
      rule: null,
      detail: `the tunnel leads to ${tunnel}`,
    }, `${host} ${target}`);
  }
  assertEquals(
    refusal(scopeOf("allowed.test:8080", "http"), "allowed.test")?.reason,
    "host_mismatch",
  );
});

Deno.test("misdirected() has nothing against a request that is in no tunnel", () => {
  assertEquals(refusal(null, "allowed.test", "http://allowed.test/"), null);
});
