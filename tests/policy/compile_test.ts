import { assert, assertEquals, assertMatch, assertStrictEquals } from "@std/assert";
import { compilePolicy } from "../../src/policy/compile.ts";
import type { Deny } from "../../src/policy/decision.ts";
import type { Policy } from "../../src/policy/policy.ts";
import { connectTo, httpTo, ip, policyOf, requestRule, rule } from "../support/policy.ts";

/** "allow", "ask" or the reason of the denial, for a plain GET. */
function verdict(policy: Policy, host: string): string {
  const decision = policy.decide(httpTo(host));
  return decision.verdict === "deny" ? decision.reason : decision.verdict;
}

/** The same for an address that `host` resolved to. */
function answer(policy: Policy, host: string, address: string): string {
  return policy.decideAddress(httpTo(host), ip(address))?.reason ?? "allow";
}

function detail(policy: Policy, host: string): string | null {
  const decision = policy.decide(connectTo(host));
  return "detail" in decision ? decision.detail : null;
}

Deno.test("decide() refuses everything while the proxy is disabled", () => {
  const policy = policyOf({ allow: ["example.com"] }, { enabled: false });
  const denial: Deny = {
    verdict: "deny",
    reason: "proxy_disabled",
    source: "proxy_state",
    rule: null,
    detail: "",
  };
  assertEquals(policy.decide(connectTo("example.com")), denial);
  assertEquals(policy.decide(connectTo("other.example")), denial);
  assertEquals(policy.decideAddress(connectTo("example.com"), ip("8.8.8.8")), denial);
});

// Upstream: host_blocked_requires_allowlist_match
Deno.test("decide() allows what an allow rule names, and names the rule", () => {
  const policy = policyOf({ allow: ["example.com"] });
  const allowed = policy.decide(httpTo("example.com"));
  assertEquals(allowed, { verdict: "allow", rule: rule("allow", "example.com") });
  assertStrictEquals(allowed.rule, policy.document.rules[0]);
  assertEquals(policy.decide(httpTo("8.8.8.8")), {
    verdict: "deny",
    reason: "not_allowed",
    source: "baseline_policy",
    rule: null,
    detail: "",
  });
});

Deno.test("decide() denies everything when the list of allowed hosts is empty", () => {
  for (const policy of [policyOf({}), policyOf({ deny: ["evil.test"] })]) {
    assertEquals(verdict(policy, "example.com"), "not_allowed");
    assertEquals(verdict(policy, "8.8.8.8"), "not_allowed");
    assertEquals(detail(policy, "example.com"), "the list of allowed hosts is empty");
  }
});

// Upstream: host_blocked_denied_wins_over_allowed.
Deno.test("decide() lets a deny rule win, however broad or narrow", () => {
  const table: [readonly string[], readonly string[], string, string][] = [
    [["example.com"], ["example.com"], "example.com", "denied"],
    [["ok.example.org"], ["*.example.org"], "ok.example.org", "denied"],
    [["**.corp"], ["x.corp"], "x.corp", "denied"],
    [["**.corp"], ["x.corp"], "y.corp", "allow"],
    [["**.corp"], ["x.corp"], "y.x.corp", "allow"],
    [["example.com"], ["example.com:25"], "example.com:25", "denied"],
    [["example.com"], ["example.com:25"], "example.com:443", "allow"],
    [["10.0.0.1"], ["10.0.0.0/8"], "10.0.0.1", "denied"],
    [["8.8.8.8"], ["8.8.8.8"], "[::ffff:8.8.8.8]", "denied"],
    [["8.8.8.8"], ["8.8.8.8"], "[64:ff9b::808:808]", "denied"],
    [["8.8.8.8"], ["::ffff:8.8.8.8"], "8.8.8.8", "denied"],
    [["2606:4700::/32"], ["8.8.8.8"], "[2606:4700::5efe:8.8.8.8]", "denied"],
    [["2606:4700::/32"], ["8.8.8.9"], "[2606:4700::5efe:8.8.8.8]", "allow"],
  ];
  for (const [allow, deny, host, expected] of table) {
    assertEquals(verdict(policyOf({ allow, deny }), host), expected, `${allow} - ${deny}: ${host}`);
  }
});

Deno.test("decide() is not put off by case or a trailing dot", () => {
  const policy = policyOf({ allow: ["example.com"], deny: ["evil.test"] });
  assertEquals(verdict(policy, "EXAMPLE.com."), "allow");
  assertEquals(verdict(policy, "EVIL.test."), "denied");
});

Deno.test("decide() names the deny rule", () => {
  const policy = policyOf({ allow: ["example.com"], deny: ["*.test"] });
  assertEquals(policy.decide(connectTo("evil.test")), {
    verdict: "deny",
    reason: "denied",
    source: "baseline_policy",
    rule: rule("deny", "*.test"),
    detail: "",
  });
});

// Upstream: host_blocked_subdomain_wildcards_exclude_apex.
Deno.test("decide() keeps to the boundaries of labels", () => {
  const policy = policyOf({ allow: ["example.com", "*.example.org", "*.openai.com"] });
  const table: Record<string, string> = {
    "api.openai.com": "allow",
    "openai.com": "not_allowed",
    "evilexample.com": "not_allowed",
    "example.com.evil.test": "not_allowed",
    "xexample.org": "not_allowed",
    "example.comevil": "not_allowed",
    "a.b.example.org": "allow",
    "127.0.0.1.nip.io": "not_allowed",
  };
  for (const [host, expected] of Object.entries(table)) {
    assertEquals(verdict(policy, host), expected, host);
  }
});

Deno.test("decide() keeps to the port of a rule, and says which ports are allowed", () => {
  const allow = ["example.com:443", "example.com:8443", "**.example.com:22", "[2606:4700::1]:443"];
  const policy = policyOf({ allow });
  assertEquals(verdict(policy, "example.com:443"), "allow");
  assertEquals(verdict(policy, "example.com:8443"), "allow");
  for (const port of [25, 80, 6379]) {
    assertEquals(verdict(policy, `example.com:${port}`), "not_allowed");
    assertEquals(
      detail(policy, `example.com:${port}`),
      `example.com is allowed on ports 22, 443 and 8443 only, not on ${port}`,
    );
  }
  assertEquals(
    detail(policy, "www.example.com:80"),
    "www.example.com is allowed on port 22 only, not on 80",
  );
  assertEquals(
    detail(policy, "[2606:4700::1]:80"),
    "2606:4700::1 is allowed on port 443 only, not on 80",
  );
});

// Upstream: host_blocked_global_wildcard_allowlist_allows_public_hosts_except_denylist, which writes "*".
Deno.test("decide() allows all that is not denied where it is told to", () => {
  const policy = policyOf({ deny: ["evil.example"] }, { dangerouslyAllowAllDomains: true });
  assertEquals(policy.decide(httpTo("example.com")), { verdict: "allow", rule: null });
  assertEquals(verdict(policy, "api.openai.com:443"), "allow");
  assertEquals(verdict(policy, "8.8.8.8"), "allow");
  assertEquals(verdict(policy, "evil.example"), "denied");
  const named = policyOf({ allow: ["a.com"] }, { dangerouslyAllowAllDomains: true });
  assertEquals(named.decide(httpTo("a.com")).rule?.text, "a.com");
});

Deno.test("decide() asks about what is neither allowed nor denied when ask is on", () => {
  const policy = policyOf({ allow: ["a.com:443"], deny: ["evil.test"] }, { ask: true });
  assertEquals(policy.decide(connectTo("example.com")), {
    verdict: "ask",
    reason: "not_allowed",
    source: "decider",
    rule: null,
    detail: "",
  });
  assertEquals(verdict(policy, "a.com:80"), "ask");
  assertEquals(detail(policy, "a.com:80"), "a.com is allowed on port 443 only, not on 80");
  assertEquals(verdict(policy, "evil.test"), "denied");
  assertEquals(verdict(policy, "127.0.0.1"), "not_allowed_local");
  assertEquals(verdict(policy, "a.com:443"), "allow");
});

Deno.test("decide() guards the mode last, so that a denied host is told of its denial", () => {
  const policy = policyOf({ allow: ["example.com"], deny: ["evil.test"] }, { mode: "limited" });
  const reasons = (host: string) =>
    [connectTo(host), connectTo(host, "socks5_tcp"), httpTo(host, { method: "POST" }), httpTo(host)]
      .map((request) => policy.decide(request))
      .map((decision) => decision.verdict === "deny" ? decision.reason : decision.verdict);
  const guarded = ["mitm_required", "method_not_allowed", "method_not_allowed", "allow"];
  assertEquals(reasons("example.com"), guarded);
  assertEquals(reasons("evil.test"), ["denied", "denied", "denied", "denied"]);
  assertEquals(new Set(reasons("other.test")), new Set(["not_allowed"]));
  assertEquals(new Set(reasons("127.0.0.1")), new Set(["not_allowed_local"]));
});

Deno.test("decide() answers in printable ASCII whatever the client sent", () => {
  const policy = policyOf({ allow: ["a.com:1"] }, { mode: "limited" });
  const requests = [
    httpTo("a.com:2"),
    httpTo("a.com:1", { method: "\x1b[2J\u202e" }),
    httpTo("a.com:1", { methodOverride: "x\r\ny" }),
    httpTo("[::ffff:10.0.0.1]"),
  ];
  for (const request of requests) {
    const decision = policy.decide(request);
    assert(decision.verdict === "deny");
    assertMatch(decision.detail, /^[ -~]+$/);
  }
});

// Upstream: host_blocked_rejects_loopback_when_allowlist_is_wildcard, ...private_ip_literal..., which
// write "*". The answers for each sort of address are in local_target_test.ts.
Deno.test("decide() allows no local target because everything is allowed", () => {
  const hosts = ["127.0.0.1", "localhost", "a.localhost", "10.0.0.1", "[::1]", "169.254.169.254"];
  const policy = policyOf({}, { dangerouslyAllowAllDomains: true });
  for (const host of hosts) assertEquals(verdict(policy, host), "not_allowed_local", host);
  const binding = policyOf({}, { dangerouslyAllowAllDomains: true, allowLocalBinding: true });
  const opened = ["allow", "allow", "allow", "allow", "allow", "not_allowed_local"];
  assertEquals(hosts.map((host) => verdict(binding, host)), opened);
});

Deno.test("decide() asks the allow rules of a local target that may pass", () => {
  const allow = ["*.localhost", "localhost", "127.0.0.0/8", "10.0.0.0/8", "fc00::/7", "::1"];
  const policy = policyOf({ allow }, { allowLocalBinding: true });
  for (const host of ["a.localhost", "localhost", "127.9.9.9", "10.9.9.9", "[fd12::1]", "[::1]"]) {
    assertEquals(verdict(policy, host), "allow", host);
  }
  assertEquals(verdict(policy, "192.168.0.1"), "not_allowed");
  // Upstream: host_blocked_allows_private_ip_literal_when_explicitly_allowlisted
  assertEquals(verdict(policyOf({ allow: ["10.0.0.1"] }), "10.0.0.1"), "allow");
  assertEquals(verdict(policyOf({ allow: ["169.254.169.254"] }), "169.254.169.254"), "allow");
  // What stands in an interface identifier was chosen by whoever owns the network in front.
  assertEquals(
    verdict(policyOf({ allow: ["8.8.8.8"] }), "[2606:4700::5efe:8.8.8.8]"),
    "not_allowed",
  );
});

// Upstream: host_blocked_denies_scoped_ipv6_literal_before_local_binding, without the scope, which is
// refused where a host is read.
Deno.test("decide() denies a local literal by rule before it is asked whether it is local", () => {
  const policy = policyOf({ allow: ["fd00::1"], deny: ["fd00::1", "localhost"] });
  assertEquals(verdict(policy, "[fd00::1]"), "denied");
  assertEquals(verdict(policy, "localhost"), "denied");
});

// Upstream: host_resolves_to_non_public_ip_blocks_private_resolution, …_allows_public_resolution.
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
  // The same machine under another name
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

Deno.test("decideDatagrams() says before any target is known what no target could change", () => {
  const reason = (switches: Parameters<typeof policyOf>[1]) =>
    policyOf({}, switches).decideDatagrams()?.reason ?? null;
  assertEquals(reason({}), null);
  assertEquals(reason({ mode: "limited" }), "method_not_allowed");
  assertEquals(reason({ mode: "limited", interception: true }), "method_not_allowed");
  assertEquals(reason({ mode: "limited", enabled: false }), "proxy_disabled");
});

Deno.test("decide() lets a rule for one protocol say nothing of the others", () => {
  const policy = policyOf({
    allow: ["a.test:443 over https_connect"],
    deny: ["b.test over http"],
  }, { dangerouslyAllowAllDomains: false });
  assertEquals(policy.decide(connectTo("a.test")).verdict, "allow");
  const missed = policy.decide(connectTo("a.test", "socks5_tcp"));
  assertEquals(
    missed.verdict === "deny" && missed.detail,
    "a.test is allowed over https_connect only, not over socks5_tcp",
  );
  const open = policyOf({ deny: ["b.test over http"] }, { dangerouslyAllowAllDomains: true });
  assertEquals(open.decide(httpTo("b.test")).verdict, "deny");
  assertEquals(open.decide(connectTo("b.test")).verdict, "allow");
});

Deno.test("decide() takes runtime rules after those of the configuration, and denies first", () => {
  const runtimeRules = [rule("allow", "new.test"), rule("deny", "old.test")];
  const policy = policyOf({ allow: ["old.test"] }, { runtimeRules });
  assertEquals(policy.decide(connectTo("new.test")).verdict, "allow");
  const denied = policy.decide(connectTo("old.test"));
  assertEquals(denied.verdict === "deny" && denied.reason, "denied");
});

Deno.test("decide() lets no runtime rule open a local address", () => {
  const runtimeRules = [rule("allow", "127.0.0.1"), rule("allow", "localhost")];
  const policy = policyOf({}, { runtimeRules });
  for (const host of ["127.0.0.1", "localhost"]) {
    const decision = policy.decide(connectTo(host));
    assertEquals(decision.verdict === "deny" && decision.reason, "not_allowed_local", host);
  }
  const loose = policyOf({}, { runtimeRules, allowLocalBinding: true });
  assertEquals(loose.decide(connectTo("127.0.0.1")).verdict, "allow");
});

Deno.test("compilePolicy() keeps the generation", () => {
  const { document, generation } = policyOf({});
  assertEquals([generation, compilePolicy(document, 7).generation], [1, 7]);
});

Deno.test("decideAddress() keeps a name that only a runtime rule allows out of local networks", () => {
  const runtimeRules = [rule("allow", "new.test"), rule("allow", "localhost")];
  const policy = policyOf({ allow: ["old.test"] }, { runtimeRules, allowLocalBinding: true });
  const reason = (host: string, address: string) =>
    policy.decideAddress(connectTo(host), ip(address))?.reason ?? null;
  for (const address of ["10.0.0.1", "127.0.0.1", "192.168.1.1", "::1", "fd00::1"]) {
    assertEquals(reason("new.test", address), "not_allowed_local", address);
    assertEquals(reason("old.test", address), null, address);
  }
  // What it means is in its name, or is the very address that was asked for.
  assertEquals(reason("localhost", "127.0.0.1"), null);
  assertEquals(reason("10.0.0.1", "10.0.0.1"), null);
  assertEquals(reason("new.test", "93.184.216.34"), null);
  const open = policyOf({}, { dangerouslyAllowAllDomains: true, allowLocalBinding: true });
  assertEquals(open.decideAddress(connectTo("any.test"), ip("10.0.0.1")), null);
});

const LOOKED: readonly (readonly [string, Parameters<typeof connectTo>[1], boolean])[] = [
  ["a.test:443", "https_connect", true],
  ["a.test:443", "socks5_tcp", true],
  ["a.test:443", "socks5_udp", false],
  ["a.test:80", "https_connect", false],
  ["a.test:8443", "socks5_tcp", false],
  ["8.8.4.4:443", "socks5_tcp", true],
  ["raw.test:443", "https_connect", false],
  ["late.test:443", "socks5_tcp", false],
  ["any.test:443", "https_connect", true],
];

for (const [host, protocol, expected] of LOOKED) {
  Deno.test(`looksInside() says ${expected} of ${host} over ${protocol}`, () => {
    const lists = { allow: ["a.test", "8.8.4.4", "raw.test raw"], deny: ["a.test:1 raw"] };
    const runtimeRules = [rule("allow", "late.test raw"), rule("deny", "a.test:2 raw")];
    const switches = { dangerouslyAllowAllDomains: true, runtimeRules };
    const request = connectTo(host, protocol);
    const bound = policyOf(lists, { ...switches, sniBinding: true });
    assertEquals(bound.looksInside(request), expected);
    assertEquals(policyOf(lists, switches).looksInside(request), false);
  });
}

Deno.test("decideInside() refuses a name with request rules in a tunnel that nobody sees", () => {
  const request = connectTo("8.8.4.4");
  const named = { kind: "tls", names: ["a.test"], hiding: null } as const;
  const lists = { allow: ["8.8.4.4"] };
  const ofName = [requestRule("a.test")];
  const table: readonly (readonly [Parameters<typeof policyOf>[1], string | undefined])[] = [
    [{ requestRules: ofName }, "sni_mismatch"],
    [{ requestRules: [...ofName, requestRule("8.8.4.4")] }, undefined],
    [{ requestRules: ofName, mode: "limited" }, undefined],
  ];
  for (const [options, reason] of table) {
    const policy = policyOf(lists, { interception: true, ...options });
    assertEquals(policy.decideInside(request, named)?.reason, reason);
  }
});

Deno.test("decideInside() obeys the deny list and the word about ECH", () => {
  const request = connectTo("8.8.4.4");
  const named = { kind: "tls", names: ["evil.test"], hiding: "ech" } as const;
  const lists = { allow: ["8.8.4.4"], deny: ["evil.test"] };
  assertEquals(policyOf({ allow: ["8.8.4.4"] }).decideInside(request, named), null);
  assertEquals(policyOf(lists).decideInside(request, named)?.rule?.text, "evil.test");
  assertEquals(
    policyOf(lists, { denyEch: true }).decideInside(request, named)?.detail,
    "it may hide another name (ECH)",
  );
});

Deno.test("decide() narrows an allowed host by its request rules, and by nothing else", () => {
  const requestRules = [requestRule("a.test read"), requestRule("b.test")];
  const policy = policyOf({ allow: ["a.test", "c.test"] }, { requestRules, interception: true });
  const allowed = policy.decide(httpTo("a.test"));
  assertEquals(allowed, {
    verdict: "allow",
    rule: rule("allow", "a.test"),
    request: requestRules[0]!,
  });
  assertEquals(policy.decide(httpTo("a.test", { method: "POST", path: "/x?s3cret" })), {
    verdict: "deny",
    reason: "mitm_hook_denied",
    source: "baseline_policy",
    rule: null,
    detail: "POST /x: this is more than the rule says: read",
  });
  assertEquals(policy.decide(httpTo("c.test", { method: "POST" })), {
    verdict: "allow",
    rule: rule("allow", "c.test"),
  });
  assertEquals(verdict(policy, "b.test"), "not_allowed");
});

Deno.test("decide() looks into a tunnel to a host with request rules, on their ports", () => {
  const requestRules = [requestRule("a.test:443 read"), requestRule("*.b.test read")];
  const allow = ["a.test", "*.b.test"];
  const verdicts = (interception: boolean) => {
    const policy = policyOf({ allow }, { requestRules, interception });
    return ["a.test:443", "a.test:22", "x.b.test:8443"].map((host) => {
      const decision = policy.decide(connectTo(host));
      return decision.verdict === "deny" ? decision.reason : decision.verdict;
    });
  };
  assertEquals(verdicts(true), ["inspect", "allow", "inspect"]);
  assertEquals(verdicts(false), ["mitm_required", "allow", "mitm_required"]);
});

Deno.test("decide() asks the deny rules and the place before the request rules, the mode after", () => {
  const requestRules = [requestRule("*.test"), requestRule("127.0.0.1")];
  const policy = policyOf({ allow: ["*.test"], deny: ["evil.test"] }, {
    requestRules,
    mode: "limited",
    ask: true,
  });
  assertEquals(verdict(policy, "evil.test"), "denied");
  assertEquals(verdict(policy, "127.0.0.1"), "not_allowed_local");
  assertEquals(verdict(policy, "other.example"), "ask");
  const written = policy.decide(httpTo("a.test", { method: "POST" }));
  assertEquals(written.verdict === "deny" && written.reason, "method_not_allowed");
});

Deno.test("decideApproved() obeys the request rules: an approval is worth no more than an entry", () => {
  const requestRules = [requestRule("a.test read")];
  const policy = policyOf({}, { requestRules, interception: true, ask: true });
  const approved = rule("allow", "a.test:443 over https_connect");
  assertEquals(policy.decideApproved(connectTo("a.test"), approved), {
    verdict: "inspect",
    rule: approved,
  });
  const inside = { scheme: "https", protocol: "https_connect" } as const;
  const read = policy.decideApproved(httpTo("a.test:443", inside), approved);
  assertEquals(read, { verdict: "allow", rule: approved, request: requestRules[0]! });
  const written = policy.decideApproved(httpTo("a.test:443", { ...inside, method: "PUT" }), null);
  assertEquals(written.verdict === "deny" && written.reason, "mitm_hook_denied");
});

Deno.test("a policy that inspects all looks into every tunnel of the web, but for those that are raw", () => {
  const lists = { allow: ["a.test", "raw.test:443 raw"] };
  const watching = policyOf(lists, { inspectsAll: true, interception: true });
  const verdicts = ["a.test:443", "a.test:22", "raw.test:443"].map((place) =>
    watching.decide(connectTo(place)).verdict
  );
  assertEquals(verdicts, ["inspect", "allow", "allow"]);
  assertEquals(
    policyOf(lists, { interception: true }).decide(connectTo("a.test")).verdict,
    "allow",
  );
});

Deno.test("a tunnel that is watched is judged by each request in it, and not by its first words", () => {
  const requestRules = [requestRule("a.test GET")];
  const sees = (inspectsAll: boolean) =>
    policyOf({ allow: ["8.8.4.4"] }, { requestRules, inspectsAll, interception: true })
      .decideInside(connectTo("8.8.4.4"), { kind: "tls", names: ["a.test"], hiding: null })?.reason;
  assertEquals([sees(false), sees(true)], ["sni_mismatch", undefined]);
});
