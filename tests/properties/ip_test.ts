import { assert, assertEquals } from "@std/assert";
import { formatIp, parseIp } from "../../src/net/address/ip.ts";
import { classifyIp, embeddedIpv4, isatapIpv4 } from "../../src/net/address/ip_class.ts";
import {
  formatIpRange,
  ipWidth,
  networkBits,
  parseIpRange,
} from "../../src/net/address/ip_range.ts";
import { type Random, seededRandom } from "../support/random.ts";

function anyIp(random: Random): { family: 4 | 6; bits: bigint } {
  const family = random.pick([4, 6] as const);
  // Whole words of zeros and ones are where prefixes begin and end.
  const words = Array.from(
    { length: family === 4 ? 1 : 4 },
    () => random.pick([0, 0, 0xffff, 0xffffffff, 0x7f000001, 0x5efe, random.below(2 ** 32)]),
  );
  return { family, bits: words.reduce((bits, word) => (bits << 32n) | BigInt(word), 0n) };
}

/** An address in one of its spellings, with up to two characters changed, added or lost. */
function almostIp(random: Random): string {
  const ip = anyIp(random);
  const spellings = [
    formatIp(ip),
    formatIp(ip).toUpperCase(),
    `::${random.below(256)}.${random.below(300)}.0.1`,
    Array.from({ length: 8 }, () => random.below(2 ** 16).toString(16)).join(":"),
    Array.from({ length: 4 }, () => random.below(260).toString(10)).join("."),
  ];
  let text = random.pick(spellings);
  for (let change = random.below(3); change > 0; change--) {
    const at = random.below(text.length + 1);
    const lost = random.below(2);
    text = text.slice(0, at) + random.text("01f:.x%", 1) + text.slice(at + lost);
  }
  return text;
}

Deno.test("parseIp() reads back every address that formatIp() prints", () => {
  const random = seededRandom(1);
  for (let turn = 0; turn < 5000; turn++) {
    const ip = anyIp(random);
    assertEquals(parseIp(formatIp(ip)), ip);
  }
});

Deno.test("parseIp() never throws, and what it reads prints the same ever after", () => {
  const random = seededRandom(2);
  for (let turn = 0; turn < 5000; turn++) {
    const text = random.pick([
      almostIp(random),
      random.text("0123456789abcdefx:.%/[]", 30),
      random.text("1\u0661\uff11\u3002:\ud800\0\n.", 12),
    ]);
    const ip = parseIp(text);
    const printed = ip && formatIp(ip);
    assertEquals(printed && formatIp(parseIp(printed)!), printed, JSON.stringify(text));
  }
});

// One difference only: URL prints an IPv4-mapped address in hexadecimal (RFC 5952 section 5 says quad).
Deno.test("formatIp() prints as URL does", () => {
  const random = seededRandom(4);
  for (let turn = 0; turn < 3000; turn++) {
    const ip = anyIp(random);
    const mapped = ip.family === 6 && ip.bits >> 32n === 0xffffn;
    const host = ip.family === 4 ? formatIp(ip) : `[${formatIp(ip)}]`;
    const theirs = new URL(`http://${host}/`).hostname;
    assertEquals(mapped || theirs === host, true, `${theirs} ${host}`);
    assertEquals(parseIp(theirs.replace(/^\[(.*)\]$/, "$1")), ip);
  }
});

Deno.test("parseIpRange() reads back every range that formatIpRange() prints", () => {
  const random = seededRandom(5);
  for (let turn = 0; turn < 2000; turn++) {
    const ip = anyIp(random);
    const prefix = random.below(ipWidth(ip) + 1);
    const range = { network: { family: ip.family, bits: networkBits(ip, prefix) }, prefix };
    assertEquals(parseIpRange(formatIpRange(range)), range);
    assert(parseIpRange(random.text("01f:./8", 12)) === null || true);
  }
});

Deno.test("classifyIp() never thinks better of an address than of the one it carries", () => {
  const random = seededRandom(6);
  for (let turn = 0; turn < 5000; turn++) {
    const ip = anyIp(random);
    const inner = embeddedIpv4(ip) ?? isatapIpv4(ip);
    const isOpen = classifyIp(ip) === "public";
    assert(!isOpen || inner === null || classifyIp(inner) === "public", formatIp(ip));
  }
});
