import { assertEquals } from "@std/assert";
import { AddressIndex } from "../../src/policy/address_index.ts";
import { ip, rule } from "../support/policy.ts";

function found(patterns: readonly string[], address: string, port = 443): string | null {
  const list = new AddressIndex(patterns.map((text) => rule("deny", text)));
  return list.find(ip(address), port, "https_connect")?.text ?? null;
}

Deno.test("find() knows nothing in a list without addresses", () => {
  assertEquals(found([], "127.0.0.1"), null);
  assertEquals(found(["example.com", "*.example.com"], "127.0.0.1"), null);
});

Deno.test("find() matches addresses and blocks of both families", () => {
  const table: [string, string, boolean][] = [
    ["192.0.2.1", "192.0.2.1", true],
    ["192.0.2.1", "192.0.2.2", false],
    ["10.0.0.0/8", "10.255.255.255", true],
    ["10.0.0.0/8", "11.0.0.0", false],
    ["128.0.0.0/1", "255.255.255.255", true],
    ["2001:db8::1", "2001:db8::1", true],
    ["2001:db8::/32", "2001:db8:ffff::1", true],
    ["2001:db8::/32", "2001:db9::1", false],
    // The same bits in the other family
    ["0.0.0.1", "::1", false],
    ["::1", "0.0.0.1", false],
    ["::/8", "10.0.0.1", false],
  ];
  for (const [pattern, address, expected] of table) {
    assertEquals(found([pattern], address) !== null, expected, `${pattern} ${address}`);
  }
});

// A rule about an IPv4 address holds for every way to write it as IPv6.
Deno.test("find() matches what an address stands for", () => {
  const forms = ["::ffff:10.0.0.1", "::10.0.0.1", "::ffff:0:10.0.0.1", "64:ff9b::10.0.0.1"];
  for (const form of [...forms, "2002:a00:1::1"]) {
    assertEquals(found(["10.0.0.1"], form), "10.0.0.1", form);
    assertEquals(found(["10.0.0.0/8"], form), "10.0.0.0/8", form);
    assertEquals(found(["10.0.0.2", "11.0.0.0/8"], form), null, form);
    assertEquals(found([form], form), form);
  }
});

Deno.test("find() files an IPv4-mapped rule under the IPv4 address", () => {
  assertEquals(found(["::ffff:10.0.0.1"], "10.0.0.1"), "::ffff:10.0.0.1");
  assertEquals(found(["::ffff:10.0.0.0/104"], "10.9.9.9"), "::ffff:10.0.0.0/104");
  assertEquals(found(["::ffff:10.0.0.0/104"], "::ffff:10.9.9.9"), "::ffff:10.0.0.0/104");
  assertEquals(found(["::ffff:0:0/96"], "192.0.2.1"), "::ffff:0:0/96");
  // What is wider than the mapped block is about IPv6.
  assertEquals(found(["::/80"], "192.0.2.1"), null);
  assertEquals(found(["::/80"], "::ffff:192.0.2.1"), "::/80");
});

Deno.test("find() answers with the rule that is written first, at this port", () => {
  const rules = ["10.0.0.1:80", "10.0.0.0/8", "10.0.0.1", "10.0.0.0/16"];
  assertEquals(found(rules, "10.0.0.1", 80), "10.0.0.1:80");
  assertEquals(found(rules, "10.0.0.1", 443), "10.0.0.0/8");
  assertEquals(found(rules.toReversed(), "10.0.0.1", 443), "10.0.0.0/16");
  assertEquals(found(["10.0.0.1:80"], "10.0.0.1", 443), null);
});

Deno.test("matching() lists every rule at any port, in order", () => {
  const texts = ["10.0.0.1:80", "example.com", "10.0.0.0/8", "11.0.0.0/8", "::ffff:10.0.0.1"];
  const list = new AddressIndex(texts.map((text) => rule("allow", text)));
  const expected = ["10.0.0.1:80", "10.0.0.0/8", "::ffff:10.0.0.1"];
  assertEquals(list.matching(ip("::ffff:10.0.0.1")).map((rule) => rule.text), expected);
});
