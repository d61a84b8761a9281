import { assertEquals } from "@std/assert";
import type { Deny } from "../../src/policy/decision.ts";
import { compilePolicy } from "../../src/policy/compile.ts";
import type { TunnelRequest } from "../../src/policy/request.ts";
import type { PolicyRequest } from "../../src/policy/socket_request.ts";
import type { Asker } from "../../src/proxy/asking/asker.ts";
import type { Refused } from "../../src/proxy/authorize.ts";
import { blockedRecord } from "../../src/proxy/blocked.ts";
import { asker } from "../support/asker.ts";
import { connectTo, httpTo, policyOf, socketAt } from "../support/policy.ts";

const NOW = 1_735_689_600_999;

function recordOf(
  request: PolicyRequest,
  deny: Partial<Deny> = {},
  attempt: string | null = null,
  from: Partial<Asker> = {},
): ReturnType<typeof blockedRecord> {
  const decision: Refused = {
    policy: compilePolicy({ ...policyOf({}).document, mode: "limited" }, 7),
    verdict: "deny",
    reason: "not_allowed",
    source: "baseline_policy",
    rule: null,
    detail: "",
    ...deny,
  };
  const who = asker({ attempt: () => attempt, ...from });
  return blockedRecord({ request, decision, asker: who }, NOW);
}

Deno.test("blockedRecord() writes the keys of the seeds in their order", () => {
  const record = recordOf(httpTo("[2001:db8::1]:8080"), {}, "42");
  assertEquals(
    JSON.stringify(record),
    '{"host":"2001:db8::1","reason":"not_allowed","client":"127.0.0.1:50000","method":"GET",' +
      '"mode":null,"protocol":"http","attempt_id":"42","decision":"deny",' +
      '"source":"baseline_policy","port":8080,"timestamp":1735689600,"generation":7,' +
      '"listener":"127.0.0.1:3128"}',
  );
});

Deno.test("blockedRecord() tells what is known of the listener behind all else", () => {
  const attribution = {
    label: "build",
    command: "curl https://u:p@a.test/x?token=1",
    execPolicyHint: "allowed",
  };
  const { listener, label, command, exec_policy_hint, ...rest } = recordOf(
    httpTo("a.test"),
    {},
    null,
    { listener: "127.0.0.1:4000", attribution },
  );
  assertEquals([listener, label, exec_policy_hint], ["127.0.0.1:4000", "build", "allowed"]);
  assertEquals(command, "curl https://a.test/…");
  assertEquals({ ...rest, listener: "127.0.0.1:3128" }, recordOf(httpTo("a.test")));
});

Deno.test("blockedRecord() has the decider's own word for the reason, where it has one", () => {
  const deny = { reason: "policy_denied", source: "decider", said: "not on a Sunday" } as const;
  assertEquals(recordOf(httpTo("a.test"), deny).reason, "not on a Sunday");
});

Deno.test("blockedRecord() leaves the attempt out where there is none", () => {
  assertEquals("attempt_id" in recordOf(httpTo("a.test"), {}), false);
});

Deno.test("blockedRecord() tells the mode only where the mode decided", () => {
  assertEquals(recordOf(httpTo("a.test"), { source: "mode_guard" }).mode, "limited");
  assertEquals(recordOf(httpTo("a.test"), { source: "baseline_policy" }).mode, null);
  assertEquals(recordOf(httpTo("a.test"), { source: "proxy_state" }).mode, null);
});

Deno.test("blockedRecord() labels the doors in the words of the record", () => {
  const table: readonly (readonly [TunnelRequest["protocol"], string])[] = [
    ["https_connect", "http-connect"],
    ["socks5_tcp", "socks5"],
    ["socks5_udp", "socks5-udp"],
  ];
  for (const [protocol, label] of table) {
    assertEquals(recordOf(connectTo("a.test", protocol), {}).protocol, label);
  }
  const disabled = { reason: "proxy_disabled", source: "proxy_state" } as const;
  assertEquals(recordOf(connectTo("a.test"), disabled).protocol, "https_connect");
  assertEquals(recordOf(httpTo("a.test"), disabled).protocol, "http");
});

Deno.test("blockedRecord() names a unix socket by its path, with port 0", () => {
  const record = recordOf(socketAt("/run/docker.sock"), {}, "42");
  assertEquals(
    JSON.stringify(record),
    '{"host":"/run/docker.sock","reason":"not_allowed","client":"127.0.0.1:50000","method":"GET",' +
      '"mode":null,"protocol":"http","attempt_id":"42","decision":"deny",' +
      '"source":"baseline_policy","port":0,"timestamp":1735689600,"generation":7,' +
      '"listener":"127.0.0.1:3128"}',
  );
  const disabled = { reason: "proxy_disabled", source: "proxy_state" } as const;
  assertEquals(recordOf(socketAt("/run/docker.sock"), disabled).protocol, "http");
});

Deno.test("blockedRecord() labels a request inside a tunnel by what it is", () => {
  for (const protocol of ["https_connect", "socks5_tcp"] as const) {
    const inside = httpTo("a.test:443", { protocol, scheme: "https" });
    assertEquals(recordOf(inside, { reason: "mitm_hook_denied" }).protocol, "https");
  }
  const plain = httpTo("a.test", { protocol: "https_connect" });
  assertEquals(recordOf(plain, {}).protocol, "http-connect");
});
