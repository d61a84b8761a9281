import type { IpAddress } from "./ip.ts";

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

/** The class of an address. One that carries an IPv4 address is judged by what it carries. */
export function classifyIp(_ip: IpAddress): IpClass {
  throw new Error("not written yet");
}

/** The IPv4 address that an IPv6 address carries (mapped, NAT64, 6to4 …), or null. */
export function embeddedIpv4(_ip: IpAddress): IpAddress | null {
  throw new Error("not written yet");
}
