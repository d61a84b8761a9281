/** An IP address that has been parsed. There is no way to build one from a host name. */
export interface IpAddress {
  readonly family: 4 | 6;
  /** The 32 or 128 bits, most significant first. */
  readonly bits: bigint;
}

/** Parses a strict dotted quad or an RFC 4291 IPv6 address, without brackets or a zone; else null. */
export function parseIp(_text: string): IpAddress | null {
  throw new Error("not written yet");
}

/** Prints an address: dotted quad, or IPv6 as RFC 5952 says (lower case, longest run of zeros cut). */
export function formatIp(_ip: IpAddress): string {
  throw new Error("not written yet");
}
