import { isIP } from "node:net";
import { formatIp, parseIp } from "../../../src/net/address/ip.ts";
import {
  formatIpRange,
  ipWidth,
  parseIpRange,
  rangeContains,
} from "../../../src/net/address/ip_range.ts";
import { expect, expectSame } from "../expect.ts";
import type { FuzzTarget } from "../target.ts";
import { anyIpv6, anyQuad, HOST_WORDS } from "./host_words.ts";

/** `parseIp` and `parseIpRange`: an address is what `node:net` calls one, less zones. */
export const IP: FuzzTarget = {
  name: "ip",
  kind: "text",
  words: [...HOST_WORDS, "/8", "/0", "/32", "/128", "/129", "/08", "f", "abcd", "1.2.3.4"],
  any(random) {
    const ip = random.pick([anyQuad, anyIpv6])(random);
    return random.below(3) === 0 ? `${ip}/${random.below(140)}` : ip;
  },
  check(input) {
    if (input.includes("/")) return checkRange(input);
    const ip = parseIp(input);
    expectSame(ip?.family ?? 0, input.includes("%") ? 0 : isIP(input), "the family to node:net");
    if (ip === null) return;
    expect(ip.bits >= 0n && ip.bits >> BigInt(ipWidth(ip)) === 0n, "an address has its bits");
    const printed = formatIp(ip);
    expectSame(parseIp(printed), ip, "an address printed and read");
    const url = new URL(`http://${ip.family === 6 ? `[${input}]` : input}/`);
    expectSame(parseIp(url.hostname.replace(/^\[|\]$/g, "")), ip, "the address in a URL");
  },
};

function checkRange(input: string): void {
  const range = parseIpRange(input);
  if (range === null) return;
  expectSame(parseIpRange(formatIpRange(range)), range, "a range printed and read");
  expect(range.prefix <= ipWidth(range.network), "a prefix is no longer than the address");
  expect(rangeContains(range, range.network), "a range has its first address");
}
