import type { IpAddress } from "./ip.ts";

/** A CIDR block. Bits after the prefix are zero. */
export interface IpRange {
  readonly network: IpAddress;
  /** 0 to 32, or 0 to 128. */
  readonly prefix: number;
}

/** Parses `10.0.0.0/8` or `fd00::/8`; null unless strict, with no bits set after the prefix. */
export function parseIpRange(_text: string): IpRange | null {
  throw new Error("not written yet");
}

/** Whether `ip` lies in `range`. */
export function rangeContains(_range: IpRange, _ip: IpAddress): boolean {
  throw new Error("not written yet");
}

/** Prints `network/prefix`. */
export function formatIpRange(_range: IpRange): string {
  throw new Error("not written yet");
}
