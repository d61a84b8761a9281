import { assertEquals } from "@std/assert";
import { applyRemedy, hostAndPort, remedyFor } from "../../../src/cli/printed/remedy.ts";
import { BLOCK_REASONS, type BlockReason } from "../../../src/policy/decision.ts";
import { parseHostPattern } from "../../../src/policy/host_pattern.ts";

/** A name on port 443 is blocked for each reason. */
const FOR_A_NAME: Readonly<Record<BlockReason, ReturnType<typeof remedyFor>>> = {
  denied: { kind: "explain" },
  not_allowed: { kind: "allow", pattern: "a.test" },
  not_allowed_local: { kind: "explain" },
  own_listener: { kind: "none" },
  method_not_allowed: { kind: "full_mode" },
  mitm_required: { kind: "full_mode" },
  proxy_disabled: { kind: "none" },
};

for (const reason of Object.keys(BLOCK_REASONS) as BlockReason[]) {
  Deno.test(`remedyFor() knows what to do about ${reason}`, () => {
    assertEquals(remedyFor({ host: "a.test", port: 443, reason }), FOR_A_NAME[reason]);
  });
}

/** Hosts and ports, and the pattern that allows just them. */
const PATTERNS: readonly (readonly [string, number, string])[] = [
  ["a.test", 443, "a.test"],
  ["a.test", 80, "a.test"],
  ["a.test", 8443, "a.test:8443"],
  ["127.0.0.1", 5432, "127.0.0.1:5432"],
  ["169.254.169.254", 80, "169.254.169.254"],
  ["::1", 443, "[::1]"],
  ["2001:db8::1", 22, "[2001:db8::1]:22"],
];

for (const [host, port, pattern] of PATTERNS) {
  Deno.test(`remedyFor() allows ${host} on ${port} with ${pattern}`, () => {
    assertEquals(remedyFor({ host, port, reason: "not_allowed" }), { kind: "allow", pattern });
    assertEquals(parseHostPattern(pattern).kind === "bad", false);
  });
}

Deno.test("remedyFor() allows a local literal by naming it", () => {
  assertEquals(remedyFor({ host: "10.0.0.7", port: 22, reason: "not_allowed_local" }), {
    kind: "allow",
    pattern: "10.0.0.7:22",
  });
});

Deno.test("remedyFor() knows no flag that allows a unix socket", () => {
  const socket = { host: "/var/run/docker.sock", port: 0 };
  assertEquals(remedyFor({ ...socket, reason: "not_allowed" }), { kind: "none" });
  assertEquals(remedyFor({ ...socket, reason: "method_not_allowed" }), { kind: "full_mode" });
  assertEquals(hostAndPort(socket.host, socket.port), "/var/run/docker.sock");
});

Deno.test("applyRemedy() adds to the flags that were given", () => {
  const flags = { file: "f", overrides: ["a=1"], allow: ["x.test"], deny: [], mode: null };
  assertEquals(applyRemedy(flags, { kind: "allow", pattern: "y.test" }).allow, [
    "x.test",
    "y.test",
  ]);
  assertEquals(applyRemedy(flags, { kind: "full_mode" }).mode, "full");
  assertEquals(applyRemedy(flags, { kind: "explain" }), flags);
});

Deno.test("hostAndPort() puts brackets round an IPv6 address", () => {
  assertEquals(hostAndPort("::1", 80), "[::1]:80");
  assertEquals(hostAndPort("a.test", 80), "a.test:80");
});
