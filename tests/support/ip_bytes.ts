import type { IpAddress } from "../../src/net/address/ip.ts";

/** The four or sixteen bytes of an address, in network order. */
export function ipBytes({ family, bits }: IpAddress): Uint8Array {
  const bytes = new Uint8Array(family === 4 ? 4 : 16);
  let rest = bits;
  for (let at = bytes.length - 1; at >= 0; at--) {
    bytes[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}
