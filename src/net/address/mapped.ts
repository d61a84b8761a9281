import type { IpAddress } from "./ip.ts";

/**
 * The same address as the peer writes it: a socket for both families shows an IPv4 peer as an IPv4-mapped
 * IPv6 address (RFC 4291 section 2.5.5.2), and so does a client that was given one.
 */
export function unmapped(ip: IpAddress): IpAddress {
  if (ip.family === 4 || ip.bits >> 32n !== 0xffffn) return ip;
  return { family: 4, bits: BigInt.asUintN(32, ip.bits) };
}
