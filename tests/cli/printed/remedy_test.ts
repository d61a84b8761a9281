import { assertEquals } from "@std/assert";
import {
  applyRemedy,
  hostAndPort,
  isSocket,
  remedyFor,
  socketsOverride,
} from "../../../src/cli/printed/remedy.ts";
import { BLOCK_REASONS, type BlockReason } from "../../../src/policy/decision.ts";
import { load } from "../../config/load.ts";
import { NO_FLAGS } from "../../support/policy_flags.ts";

/** A name on port 443 is blocked for each reason. */
const FOR_A_NAME: Readonly<Record<BlockReason, ReturnType<typeof remedyFor>>> = {
  denied: { kind: "explain" },
  not_allowed: { kind: "allow", pattern: "a.test" },
  not_allowed_local: { kind: "explain" },
  own_listener: { kind: "none" },
  upstream_proxy: { kind: "none" },
  method_not_allowed: { kind: "full_mode" },
  mitm_required: { kind: "intercept" },
  mitm_hook_denied: { kind: "explain" },
  sni_mismatch: { kind: "none" },
  host_mismatch: { kind: "none" },
  not_tls: { kind: "allow", pattern: "a.test:443 raw" },
  policy_denied: { kind: "allow", pattern: "a.test" },
  decider_failed: { kind: "allow", pattern: "a.test" },
  proxy_disabled: { kind: "none" },
};

for (const reason of Object.keys(BLOCK_REASONS) as BlockReason[]) {
  Deno.test(`remedyFor() knows what to do about ${reason}`, () => {
    assertEquals(remedyFor({ host: "a.test", port: 443, reason }, []), FOR_A_NAME[reason]);
  });
}

Deno.test("remedyFor() knows what to do about a decider's own word", () => {
  const blocked = { host: "a.test", port: 443, reason: "not on a Sunday" };
  assertEquals(remedyFor(blocked, []), { kind: "allow", pattern: "a.test" });
});

Deno.test("remedyFor() allows the port that was asked for, and no other", () => {
  assertEquals(remedyFor({ host: "2001:db8::1", port: 22, reason: "not_allowed" }, []), {
    kind: "allow",
    pattern: "[2001:db8::1]:22",
  });
});

Deno.test("remedyFor() allows a local literal by naming it", () => {
  assertEquals(remedyFor({ host: "10.0.0.7", port: 22, reason: "not_allowed_local" }, []), {
    kind: "allow",
    pattern: "10.0.0.7:22",
  });
});

/** A unix socket that is not allowed, the list that there is, and what can be done. */
const SOCKETS: readonly (readonly [string, readonly string[], string])[] = [
  ["/run/a.sock", [], "allow_socket"],
  ["/run/user@1000/a.sock", [], "allow_socket"],
  // A flag would put its own list in place of the one that there is.
  ["/run/a.sock", ["/run/b.sock"], "list_socket"],
  // Printed, the flag would lose what looks like a password.
  ["/run/a:b@c.sock", [], "list_socket"],
  // It is listed already: where its links lead is the trouble.
  ["/run/a.sock", ["/run/b.sock", "/run/a.sock"], "explain"],
];

for (const [path, listed, kind] of SOCKETS) {
  Deno.test(`remedyFor() of ${path} where ${listed.length} are listed is ${kind}`, () => {
    const remedy = remedyFor({ host: path, port: 0, reason: "not_allowed" }, listed);
    assertEquals(remedy, (kind === "explain" ? { kind } : { kind, path }) as never);
  });
}

Deno.test("remedyFor() knows that a mode is for unix sockets, too", () => {
  const socket = { host: "/run/a.sock", port: 0, reason: "method_not_allowed" } as const;
  assertEquals(remedyFor(socket, []), { kind: "full_mode" });
});

Deno.test("applyRemedy() allows a unix socket by a key, after those that were given", () => {
  const flags = { ...NO_FLAGS, overrides: ["a=1"] };
  assertEquals(applyRemedy(flags, { kind: "allow_socket", path: "/run/a.sock" }), {
    ...flags,
    overrides: ["a=1", 'network.allow_unix_sockets=["/run/a.sock"]'],
  });
  assertEquals(applyRemedy(flags, { kind: "list_socket", path: "/run/a.sock" }), flags);
});

Deno.test("socketsOverride() is read back as the paths, whatever visible ASCII they hold", async () => {
  const paths = ["/run/a.sock", `/${String.fromCharCode(...Array(95).keys().map((n) => n + 32))}`];
  const { network } = await load("[network]\nask = true", { overrides: [socketsOverride(paths)] });
  assertEquals(network.allow_unix_sockets, paths);
});

Deno.test("isSocket() goes by the port, which no host has", () => {
  assertEquals([isSocket(0), isSocket(443)], [true, false]);
});

Deno.test("applyRemedy() adds to the flags that were given", () => {
  const flags = { ...NO_FLAGS, file: "f", overrides: ["a=1"], allow: ["x.test"] };
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
  assertEquals(hostAndPort("/run/a.sock", 0), "/run/a.sock");
});
