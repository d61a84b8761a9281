import { assertEquals, assertStrictEquals } from "@std/assert";
import { formatIp } from "../../../src/net/address/ip.ts";
import { unmapped } from "../../../src/net/address/mapped.ts";
import { ip } from "../../support/policy.ts";

Deno.test("unmapped() takes the IPv4 address out of an IPv4-mapped one", () => {
  const table: Record<string, string> = {
    "::ffff:192.0.2.1": "192.0.2.1",
    "::ffff:0.0.0.0": "0.0.0.0",
    "::ffff:255.255.255.255": "255.255.255.255",
  };
  for (const [address, expected] of Object.entries(table)) {
    const plain = unmapped(ip(address));
    assertEquals([formatIp(plain), plain.family], [expected, 4]);
  }
});

Deno.test("unmapped() leaves every other address as it is", () => {
  const table = [
    "192.0.2.1",
    "::1",
    "::",
    "::192.0.2.1",
    "::fffe:192.0.2.1",
    "::1:ffff:c000:201",
    "64:ff9b::192.0.2.1",
    "2001:db8::ffff:192.0.2.1",
  ];
  for (const text of table) {
    const address = ip(text);
    assertStrictEquals(unmapped(address), address, text);
  }
});
