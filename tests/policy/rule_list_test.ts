import { assertEquals } from "@std/assert";
import { isOwnEntry, RuleList } from "../../src/policy/rule_list.ts";
import { connectTo, ip, rule } from "../support/policy.ts";

function list(...patterns: string[]): RuleList {
  return new RuleList(patterns.map((text) => rule("allow", text)));
}

Deno.test("RuleList knows whether it is empty", () => {
  assertEquals(list().isEmpty, true);
  assertEquals(list("example.com").isEmpty, false);
});

Deno.test("find() asks name rules of names and address rules of addresses", () => {
  const rules = list("*.example.com", "192.0.2.0/24", "[2001:db8::1]:443");
  assertEquals(
    rules.find(connectTo("api.example.com").target, "https_connect")?.text,
    "*.example.com",
  );
  assertEquals(rules.find(connectTo("192.0.2.7").target, "https_connect")?.text, "192.0.2.0/24");
  assertEquals(
    rules.find(connectTo("[2001:db8::1]:443").target, "https_connect")?.text,
    "[2001:db8::1]:443",
  );
  assertEquals(rules.find(connectTo("[2001:db8::1]:80").target, "https_connect"), null);
  assertEquals(rules.find(connectTo("example.com").target, "https_connect"), null);
  assertEquals(rules.findIp(ip("192.0.2.7"), 443, "socks5_tcp")?.text, "192.0.2.0/24");
});

Deno.test("findOwn() takes only an entry that names the host itself", () => {
  const rules = list("*.localhost", "localhost", "10.0.0.0/8", "10.0.0.1:80", "127.0.0.1");
  assertEquals(rules.findOwn(connectTo("localhost").target, "https_connect")?.text, "localhost");
  assertEquals(rules.findOwn(connectTo("a.localhost").target, "https_connect"), null);
  assertEquals(
    rules.findOwn(connectTo("10.0.0.1:80").target, "https_connect")?.text,
    "10.0.0.1:80",
  );
  assertEquals(rules.findOwn(connectTo("10.0.0.1:81").target, "https_connect"), null);
  assertEquals(rules.findOwn(connectTo("10.0.0.2").target, "https_connect"), null);
  assertEquals(
    rules.findOwn(connectTo("[::ffff:127.0.0.1]").target, "https_connect")?.text,
    "127.0.0.1",
  );
});

Deno.test("matching() lists rules at every port", () => {
  const rules = list("a.com:80", "10.0.0.1:22", "a.com:443");
  const texts = (host: string) =>
    rules.matching(connectTo(host).target.host).map((rule) => rule.text);
  assertEquals(texts("a.com"), ["a.com:80", "a.com:443"]);
  assertEquals(texts("10.0.0.1"), ["10.0.0.1:22"]);
});

Deno.test("isOwnEntry() is false of wildcards and blocks", () => {
  const own = ["example.com", "127.0.0.1", "::1", "[::1]:443"];
  const others = ["*.example.com", "**.example.com", "a*.example.com", "127.0.0.1/32"];
  for (const text of own) assertEquals(isOwnEntry(rule("allow", text)), true, text);
  for (const text of others) assertEquals(isOwnEntry(rule("allow", text)), false, text);
});
