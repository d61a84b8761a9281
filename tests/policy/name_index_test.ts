import { assertEquals, assertStrictEquals } from "@std/assert";
import { NameIndex } from "../../src/policy/name_index.ts";
import { rule } from "../support/policy.ts";

function index(...patterns: string[]): NameIndex {
  return new NameIndex(patterns.map((text) => rule("allow", text)));
}

function matches(pattern: string, name: string): boolean {
  return index(pattern).find(name, 443, "https_connect") !== null;
}

Deno.test("find() knows nothing in an empty list", () => {
  assertEquals(index().find("example.com", 443, "https_connect"), null);
  assertEquals(index("127.0.0.1", "10.0.0.0/8").find("example.com", 443, "https_connect"), null);
});

// Upstream: compile_globset_normalizes_wildcards, …excludes_apex_for_subdomain_patterns,
// …includes_apex_for_double_wildcard_patterns, …normalizes_apex_and_subdomains.
Deno.test("find() matches whole labels only", () => {
  const table: [string, string, boolean][] = [
    ["example.com", "example.com", true],
    ["example.com", "api.example.com", false],
    ["example.com", "evilexample.com", false],
    ["example.com", "example.com.evil.test", false],
    ["example.com", "example.comevil", false],
    ["example.com", "xample.com", false],
    ["example.com", "com", false],
    ["*.example.org", "api.example.org", true],
    ["*.example.org", "a.b.c.example.org", true],
    ["*.example.org", "example.org", false],
    ["*.example.org", "xexample.org", false],
    ["*.example.org", "evilexample.org", false],
    ["**.example.org", "example.org", true],
    ["**.example.org", "api.example.org", true],
    ["**.example.org", "a.b.example.org", true],
    ["**.example.org", "evilexample.org", false],
    ["*.com", "example.com", true],
    ["*.com", "com", false],
    ["localhost", "localhost", true],
    ["localhost", "notlocalhost", false],
    ["*.localhost", "foo.localhost", true],
  ];
  for (const [pattern, name, expected] of table) {
    assertEquals(matches(pattern, name), expected, `${pattern} ${name}`);
  }
});

// Upstream: compile_globset_supports_mid_label_wildcards. A wildcard never crosses a dot.
Deno.test("find() matches wildcards inside labels", () => {
  const table: [string, string, boolean][] = [
    ["region*.v2.argotunnel.com", "region1.v2.argotunnel.com", true],
    ["region*.v2.argotunnel.com", "region.v2.argotunnel.com", true],
    ["region*.v2.argotunnel.com", "xregion1.v2.argotunnel.com", false],
    ["region*.v2.argotunnel.com", "foo.region1.v2.argotunnel.com", false],
    ["region*.v2.argotunnel.com", "region1.evil.v2.argotunnel.com", false],
    ["region*.v2.argotunnel.com", "v2.argotunnel.com", false],
    ["region*.x.com", "region1.evil.x.com", false],
    ["*example.com", "example.com", true],
    ["*example.com", "evilexample.com", true],
    ["*example.com", "www.example.com", false],
    ["ex*ample.com", "ex-and-ample.com", true],
    ["ex*ample.com", "ex.ample.com", false],
    ["a.*.b", "a.x.b", true],
    ["a.*.b", "a.x.y.b", false],
    ["a.*.b", "a.b", false],
    ["a.*.b", "z.a.x.b", false],
    ["*.*.example.com", "x.example.com", false],
    ["*.*.example.com", "x.y.example.com", true],
    ["*.*.example.com", "x.y.z.example.com", true],
    ["**.*.example.com", "x.example.com", true],
    ["**.*.example.com", "example.com", false],
  ];
  for (const [pattern, name, expected] of table) {
    assertEquals(matches(pattern, name), expected, `${pattern} ${name}`);
  }
});

// Upstream: compile_globset_supports_question_mark_wildcards, where one row differs: "?" is no dot here.
Deno.test("find() matches ? as exactly one character", () => {
  const table: [string, string, boolean][] = [
    ["api?.example.com", "api1.example.com", true],
    ["api?.example.com", "api.example.com", false],
    ["api?.example.com", "api12.example.com", false],
    ["api??.example.com", "api12.example.com", true],
    ["api??.example.com", "api1.example.com", false],
    ["api*?.example.com", "api.example.com", false],
    ["api*?.example.com", "api1.example.com", true],
    ["api*?.example.com", "api123.example.com", true],
    // Upstream: true
    ["api?example.com", "api.example.com", false],
    ["api?example.com", "apixexample.com", true],
    ["*.api?.example.com", "api1.example.com", false],
    ["*.api?.example.com", "www.api1.example.com", true],
    ["*.api?.example.com", "nested.www.api1.example.com", true],
    ["*.api?.example.com", "www.api12.example.com", false],
    ["**.api?.example.com", "api1.example.com", true],
    ["**.api?.example.com", "www.api1.example.com", true],
    ["**.api?.example.com", "nested.www.api1.example.com", true],
    ["**.api?.example.com", "api12.example.com", false],
    ["**.api?.example.com", "www.api12.example.com", false],
    [" API?.EXAMPLE.COM. ", "api1.example.com", true],
  ];
  for (const [pattern, name, expected] of table) {
    assertEquals(matches(pattern, name), expected, `${pattern} ${name}`);
  }
});

Deno.test("find() answers with the rule that is written first, whatever its kind", () => {
  const names = ["**.b.c", "a.b.c", "*.b.c", "a*.b.c", "**.c"];
  for (let turn = 0; turn < names.length; turn++) {
    const [first] = names;
    assertEquals(index(...names).find("a.b.c", 443, "https_connect")?.text, first);
    names.push(names.shift()!);
  }
});

Deno.test("find() passes over rules for other ports", () => {
  const list = index("a.com:80", "a.com:443", "a.com", "*.a.com:22", "b.com:1");
  assertEquals(list.find("a.com", 443, "https_connect")?.text, "a.com:443");
  assertEquals(list.find("a.com", 80, "https_connect")?.text, "a.com:80");
  assertEquals(list.find("a.com", 81, "https_connect")?.text, "a.com");
  assertEquals(list.find("x.a.com", 22, "https_connect")?.text, "*.a.com:22");
  assertEquals(list.find("x.a.com", 23, "https_connect"), null);
  assertEquals(list.find("b.com", 2, "https_connect"), null);
});

// Upstream: compile_globset_dedupes_patterns_without_changing_behavior
Deno.test("find() answers with the first of several equal rules", () => {
  const rules = [rule("allow", "a.com"), rule("allow", "A.com."), rule("allow", "a.com")];
  assertStrictEquals(new NameIndex(rules).find("a.com", 443, "https_connect"), rules[0]!);
});

Deno.test("matching() lists every rule for the name at any port, in order", () => {
  const texts = ["a.com:80", "*.com", "b.com", "**.a.com:443", "a*.com:1", "a.com", "*.a.com"];
  const found = index(...texts).matching("a.com").map((rule) => rule.text);
  assertEquals(found, ["a.com:80", "*.com", "**.a.com:443", "a*.com:1", "a.com"]);
});

Deno.test("find() tells ten thousand names apart that share a hash table", () => {
  const names = Array.from({ length: 10_000 }, (_, number) => `h${number}.x${number % 7}.com`);
  const list = index(...names);
  for (const name of names) assertEquals(list.find(name, 443, "https_connect")?.text, name);
  for (const name of names) assertEquals(list.find(`x${name}`, 443, "https_connect"), null);
});

Deno.test("find() takes the longest name there is", () => {
  const name = "a.".repeat(126) + "a";
  assertEquals(matches("**.a.a", name), true);
  assertEquals(matches(name, name), true);
  assertEquals(matches("*.b", name), false);
});
