import { assertEquals, assertMatch } from "@std/assert";
import { guardInside, type Inside, isRaw } from "../../src/policy/inside_guard.ts";
import { RequestRules } from "../../src/policy/request_rules.ts";
import { RuleList } from "../../src/policy/rule_list.ts";
import { connectTo, requestRule, rule } from "../support/policy.ts";

const DENIED = ["evil.test", "**.bad.test", "192.0.2.9", "far.test:80", "udp.test over socks5_udp"];
const DENY = new RuleList(DENIED.map((text) => rule("deny", text)));
const RULED = ["**.ruled.test", "other-port.test:8443"];
const RULES = {
  deny: DENY,
  requestRules: new RequestRules(RULED.map((text) => requestRule(text))),
  denyEch: false,
};

type Hiding = Extract<Inside, { kind: "tls" }>["hiding"];

function guard(host: string, names: readonly string[], hiding: Hiding = null, denyEch = false) {
  return guardInside(connectTo(host), { kind: "tls", names, hiding }, { ...RULES, denyEch });
}

/** The host that was allowed, the names in the handshake, and what is wrong with them. */
const TABLE: readonly (readonly [string, readonly string[], string | null])[] = [
  ["a.test", ["a.test"], null],
  ["a.test", ["A.Test"], null],
  ["xn--bcher-kva.test", ["XN--Bcher-KVA.test"], null],
  ["a.test", ["evil.test"], "it names evil.test"],
  ["a.test", ["b.a.test"], "it names b.a.test"],
  ["b.a.test", ["a.test"], "it names a.test"],
  ["a.test", [], "it names none"],
  ["a.test", [""], "it names no host"],
  ["a.test", ["a.test."], "it names a.test"],
  ["a.test", ["a.test\0"], "it names no host"],
  ["a.test", ["a.test\0.evil.test"], "it names no host"],
  ["a.test", ["evil.test\0a.test"], "it names no host"],
  ["a.test", ["a.test "], "it names no host"],
  ["a.test", ["a.test:443"], "it names no host"],
  ["a.test", ["\xe4.test"], "it names no host"],
  ["a.test", ["*.test"], "it names no host"],
  ["a.test", ["93.184.216.34"], "it names no host"],
  ["a.test", ["[2001:db8::1]"], "it names no host"],
  ["a.test", ["a.test", "a.test"], "it names more than one"],
  ["a.test", ["a.test", "evil.test"], "it names more than one"],
  ["8.8.4.4", [], null],
  ["8.8.4.4", ["a.test"], null],
  ["8.8.4.4", ["8.8.4.4"], null],
  ["8.8.4.4", ["far.test"], null],
  ["8.8.4.4", ["udp.test"], null],
  ["[2606:4700::1]", ["a.test."], null],
  ["8.8.4.4", ["evil.test"], "it names evil.test, which is denied"],
  ["8.8.4.4", ["EVIL.test."], "it names evil.test, which is denied"],
  ["8.8.4.4", ["x.bad.test"], "it names x.bad.test, which is denied"],
  ["8.8.4.4", ["192.0.2.9"], "it names 192.0.2.9, which is denied"],
  ["8.8.4.4", ["a.ruled.test"], "it names a.ruled.test, which has request rules"],
  ["8.8.4.4", ["RULED.test."], "it names ruled.test, which has request rules"],
  ["8.8.4.4", ["other-port.test"], null],
  ["ruled.test", ["ruled.test"], null],
  ["8.8.4.4", ["evil.test\0"], "it names no host"],
  ["8.8.4.4", [""], "it names no host"],
  ["8.8.4.4", ["a.test", "b.test"], "it names more than one"],
];

for (const [host, names, detail] of TABLE) {
  const what = `${JSON.stringify(names)} to ${host}`;
  Deno.test(`guardInside() ${detail === null ? "lets" : "refuses"} ${what}`, () => {
    const answer = guard(host, names);
    assertEquals(answer?.detail ?? null, detail);
    assertEquals(answer?.reason ?? "sni_mismatch", "sni_mismatch");
    assertMatch(answer?.detail ?? "", /^[ -~]*$/);
  });
}

Deno.test("guardInside() does not mind request rules where each request is seen", () => {
  const inside = { kind: "tls", names: ["ruled.test"], hiding: null } as const;
  assertEquals(guardInside(connectTo("8.8.4.4"), inside, { ...RULES, requestRules: null }), null);
});

Deno.test("guardInside() names the rule that denies a name, and no other", () => {
  assertEquals(guard("8.8.4.4", ["x.bad.test"])?.rule?.text, "**.bad.test");
  assertEquals(guard("a.test", ["evil.test"])?.rule, null);
});

/** What may hide a name, whether ECH is denied, and what is wrong with it. */
const HIDING: readonly (readonly [Hiding, boolean, string | null])[] = [
  [null, false, null],
  [null, true, null],
  ["ech", false, null],
  ["ech", true, "it may hide another name (ECH)"],
  ["esni", false, "it may hide another name (ESNI)"],
  ["esni", true, "it may hide another name (ESNI)"],
];

for (const [hiding, denyEch, detail] of HIDING) {
  Deno.test(`guardInside() of ${hiding} where ECH is ${denyEch ? "denied" : "allowed"}`, () => {
    for (const [host, names] of [["a.test", ["a.test"]], ["8.8.4.4", []]] as const) {
      assertEquals(guard(host, names, hiding, denyEch)?.detail ?? null, detail, host);
    }
    // What shows is judged, whatever is hidden.
    assertEquals(guard("a.test", ["b.test"], hiding, denyEch)?.reason, "sni_mismatch");
  });
}

Deno.test("guardInside() refuses what is not TLS, and says why", () => {
  for (const host of ["a.test", "8.8.4.4"]) {
    const inside: Inside = { kind: "other", why: "it is none" };
    assertEquals(guardInside(connectTo(host), inside, RULES), {
      verdict: "deny",
      reason: "not_tls",
      source: "baseline_policy",
      rule: null,
      detail: "it is none",
    });
  }
});

function rawTo(host: string, ...lists: readonly (readonly string[])[]): boolean {
  const allow = lists.map((texts) => new RuleList(texts.map((text) => rule("allow", text))));
  return isRaw(connectTo(host), allow);
}

Deno.test("isRaw() asks every rule of every list that matches host, port and protocol", () => {
  assertEquals(rawTo("a.test", ["a.test raw"]), true);
  assertEquals(rawTo("a.test", ["a.test:443 raw"]), true);
  assertEquals(rawTo("x.a.test", ["**.a.test over https_connect raw"]), true);
  assertEquals(rawTo("8.8.4.4", ["8.8.4.0/24 raw"]), true);
  assertEquals(rawTo("a.test", ["a.test", "*.test", "a.test:443 raw"]), true);
  assertEquals(rawTo("a.test", ["a.test"], ["a.test raw"]), true);
  assertEquals(rawTo("a.test", ["a.test"], ["a.test:443"]), false);
  assertEquals(rawTo("a.test", ["b.test raw"]), false);
  assertEquals(rawTo("a.test", ["a.test:8443 raw", "a.test"]), false);
  assertEquals(rawTo("a.test", ["a.test over socks5_tcp raw", "a.test"]), false);
  assertEquals(rawTo("a.test"), false);
});
