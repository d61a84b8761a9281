import { assertEquals } from "@std/assert";
import { parseIp } from "../../../src/net/address/ip.ts";
import {
  formatIpRange,
  ipWidth,
  networkBits,
  parseIpRange,
  rangeContains,
} from "../../../src/net/address/ip_range.ts";

Deno.test("parseIpRange() reads what formatIpRange() prints", () => {
  const ranges = ["0.0.0.0/0", "10.0.0.0/8", "192.0.2.1/32", "::/0", "fd00::/8", "::1/128"];
  for (const text of ranges) {
    const range = parseIpRange(text);
    assertEquals(range && formatIpRange(range), text);
  }
});

Deno.test("parseIpRange() refuses anything but network, slash and prefix", () => {
  const texts = [
    ...["10.0.0.0", "10.0.0.0/", "/8", "", "/", "10.0.0.0/33", "::/129", "10.0.0.0/-1"],
    ...["10.0.0.0/08", "10.0.0.0/+8", "10.0.0.0/8 ", "10.0.0.0/8/8", "10.0.0.0/0x8", "10/8"],
    ...["10.0.0.0/255.0.0.0", "[fd00::]/8", "fe80::%lo/64", "10.0.0.0/999", "10.0.0.0/1000"],
    ...["010.0.0.0/8", "10.0.0.0/8:80", "10.0.0.0/8.0"],
  ];
  for (const text of texts) assertEquals(parseIpRange(text), null, text);
});

Deno.test("parseIpRange() refuses bits set after the prefix", () => {
  for (const text of ["10.0.0.1/8", "10.0.0.0/6", "fd00::1/8", "::1/127"]) {
    assertEquals(parseIpRange(text), null, text);
  }
});

Deno.test("rangeContains() tells the last address inside from the first outside", () => {
  const table: [string, string, boolean][] = [
    ["10.0.0.0/8", "10.0.0.0", true],
    ["10.0.0.0/8", "10.255.255.255", true],
    ["10.0.0.0/8", "9.255.255.255", false],
    ["10.0.0.0/8", "11.0.0.0", false],
    ["0.0.0.0/0", "255.255.255.255", true],
    ["192.0.2.1/32", "192.0.2.1", true],
    ["192.0.2.1/32", "192.0.2.0", false],
    ["fd00::/8", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true],
    ["fd00::/8", "fe00::", false],
    ["::/0", "ffff::", true],
    // Families never mix: an embedded IPv4 address is asked about on its own.
    ["::/0", "1.2.3.4", false],
    ["10.0.0.0/8", "::ffff:10.0.0.1", false],
    ["0.0.0.0/0", "::1", false],
  ];
  for (const [range, ip, expected] of table) {
    assertEquals(rangeContains(parseIpRange(range)!, parseIp(ip)!), expected, `${range} ${ip}`);
  }
});

Deno.test("networkBits() and ipWidth() agree about what is left", () => {
  const ip = parseIp("192.0.2.235")!;
  assertEquals(networkBits(ip, ipWidth(ip)), ip.bits);
  assertEquals(networkBits(ip, 24), parseIp("192.0.2.0")!.bits);
  assertEquals(networkBits(ip, 0), 0n);
  assertEquals(ipWidth(parseIp("::")!), 128);
});
