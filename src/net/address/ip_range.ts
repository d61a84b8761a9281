import { formatIp, type IpAddress, parseIp } from "./ip.ts";

/** A CIDR block. Bits after the prefix are zero. */
export interface IpRange {
  readonly network: IpAddress;
  /** 0 to 32, or 0 to 128. */
  readonly prefix: number;
}

/** Parses `10.0.0.0/8` or `fd00::/8`; null unless strict, with no bits set after the prefix. */
export function parseIpRange(text: string): IpRange | null {
  const slash = text.indexOf("/");
  if (slash === -1) return null;
  const network = parseIp(text.slice(0, slash));
  const prefix = parsePrefix(text.slice(slash + 1));
  if (network === null || prefix === -1 || prefix > ipWidth(network)) return null;
  return networkBits(network, prefix) === network.bits ? { network, prefix } : null;
}

/** One to three decimal digits without a leading zero, or -1. */
function parsePrefix(text: string): number {
  return /^(?:0|[1-9][0-9]{0,2})$/.test(text) ? Number(text) : -1;
}

/** Whether `ip` lies in `range`. */
export function rangeContains(range: IpRange, ip: IpAddress): boolean {
  const { network, prefix } = range;
  return ip.family === network.family && networkBits(ip, prefix) === network.bits;
}

/** The bits of `ip` with everything after the first `prefix` bits cleared. */
export function networkBits(ip: IpAddress, prefix: number): bigint {
  const free = BigInt(ipWidth(ip) - prefix);
  return (ip.bits >> free) << free;
}

/** How many bits an address of this family has. */
export function ipWidth(ip: IpAddress): 32 | 128 {
  return ip.family === 4 ? 32 : 128;
}

/** Prints `network/prefix`. */
export function formatIpRange(range: IpRange): string {
  return `${formatIp(range.network)}/${range.prefix}`;
}
