/** An IP address that has been parsed. There is no way to build one from a host name. */
export interface IpAddress {
  readonly family: 4 | 6;
  /** The 32 or 128 bits, most significant first. */
  readonly bits: bigint;
}

/** 127.0.0.1 */
export const LOOPBACK_IPV4: IpAddress = { family: 4, bits: 0x7f000001n };
/** ::1 */
export const LOOPBACK_IPV6: IpAddress = { family: 6, bits: 1n };

/** The longest text that can be an address: eight groups, the last two as a dotted quad. */
const TEXT_LENGTH_MAX = "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255".length;

const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;

/** Parses a strict dotted quad or an RFC 4291 IPv6 address, without brackets or a zone; else null. */
export function parseIp(text: string): IpAddress | null {
  if (text.length > TEXT_LENGTH_MAX) return null;
  if (text.includes(":")) return parseIpv6(text);
  const bits = parseQuad(text, 0);
  return bits === -1 ? null : { family: 4, bits: BigInt(bits) };
}

/**
 * Reads the rest of `text` as a dotted quad, or returns -1. Stricter than inet_aton(3): four decimal
 * numbers without leading zeros, for what others read as octal, hexadecimal or shortened is a way
 * round a list of addresses.
 */
function parseQuad(text: string, start: number): number {
  let bits = 0;
  let dots = 0;
  let octet = -1;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= NINE) {
      if (octet === 0) return -1; // a leading zero
      octet = (octet === -1 ? 0 : octet * 10) + code - ZERO;
      if (octet > 255) return -1;
    } else if (code === DOT && octet !== -1 && dots < 3) {
      bits = bits * 256 + octet;
      octet = -1;
      dots += 1;
    } else {
      return -1;
    }
  }
  return dots === 3 && octet !== -1 ? bits * 256 + octet : -1;
}

/** RFC 4291 section 2.2: eight groups, one run of zero groups as "::", the last two as a quad. */
function parseIpv6(text: string): IpAddress | null {
  const groups: number[] = [];
  let gap = -1;
  let at = 0;
  if (text.startsWith("::")) {
    gap = 0;
    at = 2;
  }
  while (at < text.length) {
    const end = groupEnd(text, at);
    if (text.charCodeAt(end) === DOT) {
      const quad = parseQuad(text, at);
      if (quad === -1) return null;
      groups.push(Math.floor(quad / 0x10000), quad % 0x10000);
      break;
    }
    const group = parseGroup(text, at, end);
    if (group === -1) return null;
    groups.push(group);
    if (end === text.length) break;
    if (text.charCodeAt(end) !== COLON) return null;
    at = end + 1;
    if (text.charCodeAt(at) === COLON) {
      if (gap !== -1) return null;
      gap = groups.length;
      at += 1;
    } else if (at === text.length) {
      return null; // a lone colon at the end
    }
  }
  if (gap === -1 ? groups.length !== 8 : groups.length > 7) return null;
  return { family: 6, bits: joinGroups(groups, gap) };
}

/** Where the run of hexadecimal digits that starts at `start` ends. */
function groupEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && hexValue(text.charCodeAt(end)) !== -1) end += 1;
  return end;
}

function parseGroup(text: string, start: number, end: number): number {
  if (end === start || end - start > 4) return -1;
  let value = 0;
  for (let at = start; at < end; at++) value = value * 16 + hexValue(text.charCodeAt(at));
  return value;
}

function hexValue(code: number): number {
  if (code >= ZERO && code <= NINE) return code - ZERO;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
}

function joinGroups(groups: readonly number[], gap: number): bigint {
  const zeros = 8 - groups.length;
  let bits = 0n;
  for (let index = 0; index < 8; index++) {
    let group = groups[index] ?? 0;
    if (gap !== -1 && index >= gap) group = index < gap + zeros ? 0 : groups[index - zeros] ?? 0;
    bits = (bits << 16n) | BigInt(group);
  }
  return bits;
}

/**
 * Prints an address: dotted quad, or IPv6 as RFC 5952 says (lower case, longest run of zeros cut, an
 * IPv4-mapped address with its IPv4 part as a quad).
 */
export function formatIp(ip: IpAddress): string {
  if (ip.family === 4) return formatQuad(ip.bits);
  // RFC 5952 section 5: mixed notation is recommended where the prefix is well known.
  if (ip.bits >> 32n === 0xffffn) return `::ffff:${formatQuad(ip.bits & 0xffffffffn)}`;
  const groups = splitGroups(ip.bits);
  const run = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (run.length < 2) return hex.join(":");
  return `${hex.slice(0, run.start).join(":")}::${hex.slice(run.start + run.length).join(":")}`;
}

function formatQuad(bits: bigint): string {
  const word = Number(bits);
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

function splitGroups(bits: bigint): number[] {
  const groups: number[] = [];
  for (let shift = 112n; shift >= 0n; shift -= 16n) groups.push(Number((bits >> shift) & 0xffffn));
  return groups;
}

/** RFC 5952 section 4.2.3: of several longest runs the first is cut. */
function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 };
  let start = 0;
  groups.forEach((group, index) => {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > longest.length) longest = { start, length: index + 1 - start };
  });
  return longest;
}
