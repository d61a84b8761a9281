import type { IpAddress } from "./ip.ts";
import { ipWidth, parseIpRange, rangeContains } from "./ip_range.ts";
import { SPECIAL_ADDRESSES, type SpecialAddresses } from "./special_addresses.ts";

/**
 * What sort of address this is, for policy: only `public` is reachable without more ado, `loopback` and
 * `private` are with local binding on, and the rest need an exact entry of their own.
 */
export type IpClass =
  | "public"
  | "loopback"
  | "private"
  | "link_local"
  | "metadata"
  | "multicast"
  | "unspecified"
  | "reserved";

/** How much it takes to be let through; of two classes the one further on counts. */
const SEVERITY: Readonly<Record<IpClass, number>> = {
  public: 0,
  private: 1,
  loopback: 2,
  reserved: 3,
  multicast: 4,
  unspecified: 5,
  link_local: 6,
  metadata: 7,
};

/** The class of an address. One that carries an IPv4 address is judged by what it carries. */
export function classifyIp(ip: IpAddress): IpClass {
  if (ip.family === 4) return ipv4Class(Number(ip.bits));
  const { class: own, ipv4At } = lookUp(IPV6_PIECES, ip.bits);
  const kind = ipv4At === undefined ? own : worse(own, ipv4Class(carriedWord(ip.bits, ipv4At)));
  return isIsatap(ip.bits) ? worse(kind, ipv4Class(carriedWord(ip.bits, 0))) : kind;
}

/**
 * The IPv4 address that an IPv6 address stands for, or null: IPv4-mapped, -translated and -compatible,
 * NAT64 and 6to4. What is sent to the one arrives at the other.
 */
export function embeddedIpv4(ip: IpAddress): IpAddress | null {
  if (ip.family === 4) return null;
  const at = lookUp(IPV6_PIECES, ip.bits).ipv4At;
  return at === undefined ? null : { family: 4, bits: BigInt(carriedWord(ip.bits, at)) };
}

/**
 * The IPv4 address in an ISATAP interface identifier (RFC 5214), or null. Whoever owns the network in
 * front chose it freely: a reason to refuse an address, never one to let it pass.
 */
export function isatapIpv4(ip: IpAddress): IpAddress | null {
  if (ip.family === 4 || !isIsatap(ip.bits)) return null;
  return { family: 4, bits: BigInt(carriedWord(ip.bits, 0)) };
}

/** RFC 5214 section 6.1: ::0:5efe:a.b.c.d, or ::200:5efe:a.b.c.d where the address is unique. */
function isIsatap(bits: bigint): boolean {
  const middle = BigInt.asUintN(32, bits >> 32n);
  return middle === 0x00005efen || middle === 0x02005efen;
}

function carriedWord(bits: bigint, at: 0 | 80): number {
  return Number(BigInt.asUintN(32, at === 0 ? bits : bits >> 80n));
}

function worse(one: IpClass, other: IpClass): IpClass {
  return SEVERITY[one] >= SEVERITY[other] ? one : other;
}

/** The address space cut where a block of the table begins or ends. */
interface Pieces<T> {
  /** The first address of each piece, in order. */
  readonly firsts: readonly T[];
  /** The narrowest block over each piece. */
  readonly blocks: readonly SpecialAddresses[];
}

const IPV6_PIECES = cut(6);
const IPV4_PIECES = inNumbers(cut(4));

function ipv4Class(word: number): IpClass {
  return lookUp(IPV4_PIECES, word).class;
}

function lookUp<T extends number | bigint>(pieces: Pieces<T>, value: T): SpecialAddresses {
  const { firsts } = pieces;
  let low = 0;
  let high = firsts.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (firsts[middle]! <= value) low = middle;
    else high = middle;
  }
  return pieces.blocks[low]!;
}

/** Numbers compare faster than bigints, and an IPv4 address fits. */
function inNumbers({ firsts, blocks }: Pieces<bigint>): Pieces<number> {
  return { firsts: firsts.map(Number), blocks };
}

function cut(family: 4 | 6): Pieces<bigint> {
  const narrowestFirst = SPECIAL_ADDRESSES
    .map((special) => ({ special, range: parseIpRange(special.block)! }))
    .filter(({ range }) => range.network.family === family)
    .sort((a, b) => b.range.prefix - a.range.prefix);
  const edges = new Set<bigint>();
  for (const { range: { network, prefix } } of narrowestFirst) {
    edges.add(network.bits);
    edges.add(network.bits + (1n << BigInt(ipWidth(network) - prefix)));
  }
  edges.delete(1n << (family === 4 ? 32n : 128n)); // the end of it all begins nothing
  const firsts = [...edges].sort((a, b) => (a < b ? -1 : 1));
  const blocks = firsts.map((bits) =>
    narrowestFirst.find(({ range }) => rangeContains(range, { family, bits }))!.special
  );
  return { firsts, blocks };
}

/** Addresses that lead to the same place have the same key: IPv4 inside IPv6 counts as IPv4. */
export function addressKey(ip: IpAddress): string {
  const { family, bits } = embeddedIpv4(ip) ?? ip;
  return `${family}/${bits}`;
}
