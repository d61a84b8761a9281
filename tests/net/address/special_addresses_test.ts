import { assert, assertEquals, assertMatch } from "@std/assert";
import { parseIpRange } from "../../../src/net/address/ip_range.ts";
import { SPECIAL_ADDRESSES } from "../../../src/net/address/special_addresses.ts";

Deno.test("SPECIAL_ADDRESSES are blocks that parse, each once", () => {
  for (const { block } of SPECIAL_ADDRESSES) {
    assert(parseIpRange(block) !== null, block);
  }
  const blocks = SPECIAL_ADDRESSES.map((special) => special.block);
  assertEquals(new Set(blocks).size, blocks.length);
});

Deno.test("SPECIAL_ADDRESSES say who says so: an RFC, or the cloud", () => {
  for (const { why } of SPECIAL_ADDRESSES) {
    assertMatch(why, /RFC \d+|Cloud|Azure|AWS|Scaleway|clouds/);
  }
});

// The registries as of 2025-10. A block that IANA adds is added here first.
Deno.test("SPECIAL_ADDRESSES hold the IANA special-purpose registries", () => {
  const registered = [
    ...["0.0.0.0/8", "0.0.0.0/32", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"],
    ...["172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24"],
    ...["192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24"],
    ...["203.0.113.0/24", "240.0.0.0/4", "255.255.255.255/32"],
    ...["::1/128", "::/128", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64"],
    ...["100:0:0:1::/64", "2001::/23", "2001::/32", "2001:2::/48", "2001:3::/32"],
    ...["2001:4:112::/48", "2001:10::/28", "2001:20::/28", "2001:30::/28", "2001:db8::/32"],
    ...["2002::/16", "2620:4f:8000::/48", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10"],
  ];
  const blocks = new Set(SPECIAL_ADDRESSES.map((special) => special.block));
  assertEquals(registered.filter((block) => !blocks.has(block)), []);
});
