// What compilePolicy() makes of addresses that are not simply on the internet.
import { assertEquals } from "@std/assert";
import type { Policy } from "../../src/policy/policy.ts";
import { connectTo, httpTo, ip, policyOf, rule } from "../support/policy.ts";

/** "allow", "ask" or the reason of the denial, for a plain GET. */
function verdict(policy: Policy, host: string): string {
  const decision = policy.decide(httpTo(host));
  return decision.verdict === "deny" ? decision.reason : decision.verdict;
}

/** The same for an address that `host` resolved to. */
function answer(policy: Policy, host: string, address: string): string {
  return policy.decideAddress(httpTo(host), ip(address))?.reason ?? "allow";
}

// Upstream: host_blocked_rejects_loopback_when_allowlist_is_wildcard, …private_ip_literal….
Deno.test("decide() allows no local target because everything is allowed", () => {
  const policy = policyOf({}, { dangerouslyAllowAllDomains: true });
  const hosts = ["127.0.0.1", "localhost", "a.localhost", "10.0.0.1", "[::1]", "169.254.169.254"];
  for (const host of hosts) assertEquals(verdict(policy, host), "not_allowed_local", host);
});

// Upstream: host_blocked_rejects_loopback_when_local_binding_disabled, …private_ip_literals…,
// …rejects_loopback_when_allowlist_empty. S-09 to S-11, S-13.
Deno.test("decide() refuses special literals that have no entry of their own", () => {
  const hosts = [
    ...["127.0.0.1", "localhost", "localhost.", "LOCALHOST", "foo.localhost", "10.0.0.1"],
    ...["192.168.0.1", "172.16.0.1", "100.64.0.1", "169.254.1.1", "169.254.169.254", "0.0.0.0"],
    ...["100.100.100.200", "168.63.129.16", "192.0.0.192", "198.18.0.1", "255.255.255.255"],
    ...["[::]", "[::1]", "[fd00:ec2::254]", "[fe80::1]", "[fec0::1]", "[ff02::1]"],
    ...["[2001:db8::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:a9fe:a9fe]"],
    ...["[::127.0.0.1]", "[::ffff:0:127.0.0.1]", "[::ffff:169.254.169.254]"],
    ...["[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001:0:1::1]"],
    ...["[::5efe:10.0.0.1]", "[fe80::5efe:10.0.0.1]", "[2606:4700::5efe:10.0.0.1]"],
  ];
  const broad = ["*.localhost", "10.0.0.0/8", "128.0.0.0/1", "127.0.0.0/8", "fc00::/7", "::/1"];
  for (
    const policy of [policyOf({}), policyOf({ allow: ["example.com"] }), policyOf({ allow: broad })]
  ) {
    for (const host of hosts) assertEquals(verdict(policy, host), "not_allowed_local", host);
  }
});

// Upstream: host_blocked_allows_loopback_when_explicitly_allowlisted_and_local_binding_disabled,
// host_blocked_allows_private_ip_literal_when_explicitly_allowlisted.
Deno.test("decide() lets a local target pass that has its own entry", () => {
  const table: [string, string][] = [
    ["localhost", "localhost"],
    ["a.localhost", "a.localhost"],
    ["10.0.0.1", "10.0.0.1"],
    ["127.0.0.1", "127.0.0.1"],
    ["127.0.0.1", "[::ffff:127.0.0.1]"],
    ["::ffff:127.0.0.1", "127.0.0.1"],
    ["10.0.0.1", "[64:ff9b::a00:1]"],
    ["[::1]:8080", "[::1]:8080"],
    ["169.254.169.254", "169.254.169.254"],
    ["fe80::1", "[fe80::1]"],
    ["0.0.0.0", "0.0.0.0"],
    ["192.0.2.1", "192.0.2.1"],
    ["ff02::1", "[ff02::1]"],
  ];
  for (const [entry, host] of table) {
    assertEquals(verdict(policyOf({ allow: [entry] }), host), "allow", `${entry} ${host}`);
  }
  assertEquals(verdict(policyOf({ allow: ["[::1]:8080"] }), "[::1]:80"), "not_allowed_local");
  // An interface identifier proves nothing: whoever owns the network chose it.
  const isatap = policyOf({ allow: ["127.0.0.1", "8.8.8.8"] });
  assertEquals(verdict(isatap, "[2606:4700::5efe:127.0.0.1]"), "not_allowed_local");
  assertEquals(verdict(isatap, "[2606:4700::5efe:8.8.8.8]"), "not_allowed");
});

Deno.test("decide() lets allowed local targets pass when local binding is on", () => {
  const allow = ["*.localhost", "localhost", "127.0.0.0/8", "10.0.0.0/8", "fc00::/7", "::1"];
  const policy = policyOf({ allow }, { allowLocalBinding: true });
  for (const host of ["a.localhost", "localhost", "127.9.9.9", "10.9.9.9", "[fd12::1]", "[::1]"]) {
    assertEquals(verdict(policy, host), "allow", host);
  }
  // It is no allow rule: what is not listed is asked about like any other host.
  assertEquals(verdict(policy, "192.168.0.1"), "not_allowed");
  const open = policyOf({}, { allowLocalBinding: true, dangerouslyAllowAllDomains: true });
  assertEquals(verdict(open, "192.168.0.1"), "allow");
});

Deno.test("decide() demands an own entry for addresses that no switch opens", () => {
  const all = { allowLocalBinding: true, dangerouslyAllowAllDomains: true };
  const hosts = [
    ...["169.254.1.1", "169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192"],
    ...["224.0.0.1", "0.0.0.0", "192.0.2.1", "240.0.0.1", "255.255.255.255", "[fe80::1]"],
    ...["[fd00:ec2::254]", "[::]", "[ff02::1]", "[::127.0.0.1]", "[2001:0:1::1]", "[4000::1]"],
  ];
  const broad = ["169.254.0.0/16", "128.0.0.0/1", "100.64.0.0/10", "fe80::/10", "fd00::/8"];
  for (const host of hosts) {
    assertEquals(verdict(policyOf({ allow: broad }, all), host), "not_allowed_local", host);
    const own = host.replace(/^\[(.*)\]$/, "$1");
    assertEquals(verdict(policyOf({ allow: [own] }, all), host), "allow", host);
  }
});

// Upstream: host_blocked_denies_scoped_ipv6_literal_before_local_binding, without the scope, which is
// refused where a host is read.
Deno.test("decide() denies a local literal by rule before it is asked whether it is local", () => {
  const policy = policyOf(
    { allow: ["fd00::1"], deny: ["fd00::1", "localhost"] },
    { allowLocalBinding: true, dangerouslyAllowAllDomains: true },
  );
  assertEquals(verdict(policy, "[fd00::1]"), "denied");
  assertEquals(verdict(policy, "localhost"), "denied");
});

// Upstream: host_resolves_to_non_public_ip_blocks_private_resolution, …_allows_public_resolution. S-21.
Deno.test("decideAddress() refuses an allowed name that resolves to a special address", () => {
  const policy = policyOf({ allow: ["rebind.example.org", "10.0.0.1", "127.0.0.1"] });
  const addresses = [
    "10.0.0.1",
    "127.0.0.1",
    "::1",
    "169.254.169.254",
    "::ffff:10.0.0.1",
    "0.0.0.0",
  ];
  for (const address of addresses) {
    assertEquals(answer(policy, "rebind.example.org", address), "not_allowed_local", address);
  }
  assertEquals(answer(policy, "rebind.example.org", "8.8.8.8"), "allow");
  assertEquals(answer(policy, "rebind.example.org", "2606:4700::1111"), "allow");
  assertEquals(policy.decideAddress(connectTo("rebind.example.org"), ip("10.0.0.1")), {
    verdict: "deny",
    reason: "not_allowed_local",
    source: "baseline_policy",
    rule: null,
    detail: "rebind.example.org resolves to 10.0.0.1, a private address",
  });
});

Deno.test("decideAddress() opens only loopback and private addresses to local binding", () => {
  const policy = policyOf({}, { allowLocalBinding: true, dangerouslyAllowAllDomains: true });
  for (const address of ["127.0.0.1", "::1", "10.0.0.1", "192.168.0.1", "fd12::1", "100.64.0.1"]) {
    assertEquals(answer(policy, "intranet.corp", address), "allow", address);
  }
  // S-12
  for (const address of ["169.254.169.254", "fd00:ec2::254", "fe80::1", "0.0.0.0", "::127.0.0.1"]) {
    assertEquals(answer(policy, "metadata.google.internal", address), "not_allowed_local", address);
  }
});

Deno.test("decideAddress() lets localhost be loopback where it has its own entry", () => {
  const policy = policyOf({ allow: ["localhost"] });
  assertEquals(verdict(policy, "localhost"), "allow");
  assertEquals(answer(policy, "localhost", "127.0.0.1"), "allow");
  assertEquals(answer(policy, "localhost", "::1"), "allow");
  assertEquals(answer(policy, "localhost", "10.0.0.1"), "not_allowed_local");
  // S-13: the same machine under another name
  assertEquals(
    answer(policyOf({ allow: ["localtest.me"] }), "localtest.me", "127.0.0.1"),
    "not_allowed_local",
  );
  assertEquals(
    answer(policyOf({ allow: ["ip6-localhost"] }), "ip6-localhost", "::1"),
    "not_allowed_local",
  );
});

Deno.test("decideAddress() denies a name whose address is denied, and names the rule", () => {
  const allow = ["example.com"];
  const deny = ["93.184.0.0/16", "1.1.1.1", "8.8.8.8:25"];
  const policy = policyOf({ allow, deny }, { allowLocalBinding: true });
  assertEquals(policy.decideAddress(httpTo("example.com"), ip("93.184.216.34")), {
    verdict: "deny",
    reason: "denied",
    source: "baseline_policy",
    rule: rule("deny", "93.184.0.0/16"),
    detail: "example.com resolves to a denied address",
  });
  for (
    const address of ["1.1.1.1", "::ffff:1.1.1.1", "64:ff9b::101:101", "2606:4700::5efe:101:101"]
  ) {
    assertEquals(answer(policy, "example.com", address), "denied", address);
  }
  assertEquals(answer(policy, "example.com", "1.1.1.2"), "allow");
  assertEquals(answer(policy, "example.com:25", "8.8.8.8"), "denied");
  assertEquals(answer(policy, "example.com:443", "8.8.8.8"), "allow");
});

Deno.test("decideAddress() answers of a literal as decide() did", () => {
  const policy = policyOf({ allow: ["10.0.0.1", "8.8.0.0/16"], deny: ["8.8.4.4"] });
  const literals = ["10.0.0.1", "10.0.0.2", "8.8.8.8", "8.8.4.4", "169.254.169.254"];
  for (const literal of literals) {
    const decision = policy.decide(httpTo(literal));
    const again = policy.decideAddress(httpTo(literal), ip(literal));
    assertEquals(again, decision.verdict === "allow" ? null : decision, literal);
  }
  // A person may have answered the question whether it is allowed; what it is does not change by that.
  assertEquals(answer(policy, "1.1.1.1", "1.1.1.1"), "allow");
  assertEquals(answer(policy, "10.0.0.1", "10.0.0.2"), "not_allowed_local");
});
