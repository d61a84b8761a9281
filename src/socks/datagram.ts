import type { SocketAddress } from "../net/address/endpoint.ts";
import type { IpAddress } from "../net/address/ip.ts";
import {
  decodeEndpoint,
  endpointLength,
  type SocksAddress,
  type SocksEndpoint,
  writeEndpoint,
} from "./address.ts";
import type { BadMessage } from "./decoded.ts";

/**
 * A datagram between a client and its relay (RFC 1928 section 7).
 *
 * ```text
 * +-----+------+------+----------+----------+----------+
 * | RSV | FRAG | ATYP | DST.ADDR | DST.PORT |   DATA   |   RSV: 0. FRAG: 0 for a whole datagram.
 * +-----+------+------+----------+----------+----------+
 * |  2  |  1   |  1   | Variable |    2     | Variable |
 * +-----+------+------+----------+----------+----------+
 * ```
 */
export interface Datagram {
  readonly kind: "datagram";
  /** Where it is to go. */
  readonly address: SocksAddress;
  /** 1 to 65535. */
  readonly port: number;
  /** The data behind the header: a view into the bytes that were decoded. It may be empty. */
  readonly payload: Uint8Array;
}

/** A part of a datagram. RFC 1928 section 7: who does not put parts together must drop them. */
export interface Fragment {
  readonly kind: "fragment";
}

/** The longest header that {@linkcode writeDatagramHeader} writes, in bytes: that of an IPv6 address. */
export const DATAGRAM_HEADER_BYTES_MAX = 22;

/** RSV and FRAG. */
const PREFIX_BYTES = 3;

/** Reads a whole datagram of a client. */
export function decodeDatagram(bytes: Uint8Array): Datagram | Fragment | BadMessage {
  if (bytes.length < PREFIX_BYTES) return bad(TOO_SHORT);
  if (bytes[0] !== 0 || bytes[1] !== 0) return bad("the reserved bytes are not 0");
  if (bytes[2] !== 0) return { kind: "fragment" };
  const end = decodeEndpoint(bytes, PREFIX_BYTES);
  if (end.kind === "more") return bad(TOO_SHORT);
  if (end.kind === "bad") return bad(end.why);
  const { address, port } = end.message;
  if (port === 0) return bad("the port is 0");
  return {
    kind: "datagram",
    address,
    port,
    payload: bytes.subarray(PREFIX_BYTES + end.length),
  };
}

/** How many bytes the header of a datagram from `ip` takes: 10 or 22. */
export function datagramHeaderLength(ip: IpAddress): number {
  return PREFIX_BYTES + endpointLength(endpointOf({ ip, port: 0 }));
}

/**
 * Writes the header of a datagram from `from`, so that it ends right before index `end`: the payload stands
 * there already, and need not be copied. Returns the index at which the header begins.
 *
 * @throws {RangeError} when there is no room for it before `end`
 */
export function writeDatagramHeader(into: Uint8Array, end: number, from: SocketAddress): number {
  const start = end - datagramHeaderLength(from.ip);
  if (start < 0) throw new RangeError(`Cannot write the header of a datagram before index ${end}`);
  into.fill(0, start, start + PREFIX_BYTES);
  writeEndpoint(into, start + PREFIX_BYTES, endpointOf(from));
  return start;
}

const TOO_SHORT = "the datagram is shorter than its header";

function endpointOf({ ip, port }: SocketAddress): SocksEndpoint {
  return { address: { kind: "ip", ip }, port };
}

function bad(why: string): BadMessage {
  return { kind: "bad", why };
}
