import { assertEquals } from "@std/assert";
import { formatIp, parseIp } from "../../../src/net/address/ip.ts";

Deno.test("parseIp() reads a dotted quad", () => {
  const table: Record<string, bigint> = {
    "0.0.0.0": 0n,
    "127.0.0.1": 0x7f000001n,
    "192.0.2.235": 0xc00002ebn,
    "255.255.255.255": 0xffffffffn,
  };
  for (const [text, bits] of Object.entries(table)) {
    assertEquals(parseIp(text), { family: 4, bits }, text);
  }
});

Deno.test("parseIp() reads every form of RFC 4291 section 2.2", () => {
  const table: Record<string, bigint> = {
    "::": 0n,
    "::1": 1n,
    "0:0:0:0:0:0:0:1": 1n,
    "1::": 1n << 112n,
    "2001:db8::8:800:200c:417a": 0x20010db80000000000080800200c417an,
    "2001:0DB8:0000:0000:0008:0800:200C:417A": 0x20010db80000000000080800200c417an,
    "ABCD:EF01:2345:6789:abcd:ef01:2345:6789": 0xabcdef0123456789abcdef0123456789n,
    "1:2:3:4:5:6:7::": 0x00010002000300040005000600070000n,
    "::2:3:4:5:6:7:8": 0x00000002000300040005000600070008n,
    "1:2:3::5:6:7:8": 0x00010002000300000005000600070008n,
    "::ffff:129.144.52.38": 0xffff81903426n,
    "::13.1.68.3": 0x0d014403n,
    "1:2:3:4:5:6:255.255.255.255": 0x000100020003000400050006ffffffffn,
    "64:ff9b::192.0.2.33": 0x0064ff9b0000000000000000c0000221n,
    "0000:0000:0000:0000:0000:ffff:255.255.255.255": 0xffffffffffffn,
  };
  for (const [text, bits] of Object.entries(table)) {
    assertEquals(parseIp(text), { family: 6, bits }, text);
  }
});

// Whatever inet_aton(3) would take besides a strict quad, and what is near it.
Deno.test("parseIp() refuses every other spelling of an IPv4 address", () => {
  const spellings = [
    ...["2130706433", "0x7f000001", "0x7f.1", "0x7f.0.0.1", "0177.0.0.1", "127.1", "127.0.1"],
    ...["0", "2852039166", "0xA9FEA9FE", "0251.0376.0251.0376", "127.0.0.1.", "00000127.0.0.1"],
    ...["256.256.256.256", "256.0.0.1", "1.2.3.4.5", ".1.2.3.4", "1..2.3", "1.2.3.", "01.2.3.4"],
    ...["1.2.3.04", "00.0.0.0", "+1.2.3.4", "-1.2.3.4", " 1.2.3.4", "1.2.3.4 ", "1.2.3.4\n"],
    ...["1.2.3.4/32", "1.2.3.4:80", "[1.2.3.4]", "1,2,3,4", "", ".", "...", "1.2.3.999999999999"],
    ...["\uff11.2.3.4", "\u0661.2.3.4", "1\u30022\u30023\u30024", "0x1.0x2.0x3.0x4", "1.2.3.4\0"],
  ];
  for (const text of spellings) assertEquals(parseIp(text), null, text);
});

Deno.test("parseIp() refuses what is not quite IPv6", () => {
  const spellings = [
    ...[
      ":",
      ":::",
      "1::2:",
      "::1:",
      "1:::2",
      "1::2::3",
      ":1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:",
      "1:2:3:4:5:6:7",
    ],
    ...["1:2:3:4:5:6:7:8:9", "1::2:3:4:5:6:7:8", "::1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8::"],
    ...["12345::", "00001::", "g::", "::g", "::1 ", " ::1", "0x1::", "::-1", "::+1", "::1\0"],
    ...["[::1]", "::1/128", "fe80::1%lo", "fe80::1%25lo", "::1%", "::1.2.3", "::01.2.3.4"],
    ...["::1.2.3.256", "1.2.3.4::", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:1.2.3.4"],
    ...["::1.2.3.4.", "::.1.2.3.4", "::ffff:0x7f.1", "::ffff:127.1", "\uff1a\uff1a1", "::\uff11"],
    "0".repeat(4) + ":".repeat(50),
    "0000:0000:0000:0000:0000:ffff:255.255.255.2555",
  ];
  for (const text of spellings) assertEquals(parseIp(text), null, text);
});

Deno.test("formatIp() prints as RFC 5952 says", () => {
  const table: Record<string, string> = {
    "0.0.0.0": "0.0.0.0",
    "255.255.255.255": "255.255.255.255",
    "10.0.200.1": "10.0.200.1",
    "0:0:0:0:0:0:0:0": "::",
    "0:0:0:0:0:0:0:1": "::1",
    "1:0:0:0:0:0:0:0": "1::",
    // 4.1 no leading zeros, 4.3 lower case
    "2001:0DB8::0001": "2001:db8::1",
    // 4.2.1 shorten as much as possible
    "2001:db8:0:0:0:0:2:1": "2001:db8::2:1",
    // 4.2.2 never one group alone
    "2001:db8:0:1:1:1:1:1": "2001:db8:0:1:1:1:1:1",
    "2001:db8::1:1:1:1:1": "2001:db8:0:1:1:1:1:1",
    // 4.2.3 the longest run, and of two equal ones the first
    "2001:0:0:1:0:0:0:1": "2001:0:0:1::1",
    "2001:db8:0:0:1:0:0:1": "2001:db8::1:0:0:1",
    "1:2:3:4:5:6:0:0": "1:2:3:4:5:6::",
    "0:0:3:4:5:6:7:8": "::3:4:5:6:7:8",
    "1:2:3:4:5:6:7:8": "1:2:3:4:5:6:7:8",
    // 5 an IPv4-mapped address shows its IPv4 part
    "::ffff:c000:0201": "::ffff:192.0.2.1",
    "::192.0.2.1": "::c000:201",
    "64:ff9b::192.0.2.1": "64:ff9b::c000:201",
  };
  for (const [text, printed] of Object.entries(table)) {
    const ip = parseIp(text);
    assertEquals(ip && formatIp(ip), printed, text);
    assertEquals(parseIp(printed), ip, printed);
  }
});
