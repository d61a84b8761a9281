import { type BadHost, type Host, parseHost } from "../net/address/host.ts";
import { type IpAddress, parseIp } from "../net/address/ip.ts";
import { latin1, latin1Bytes } from "../net/stream/latin1.ts";
import type { BadMessage, Decoded } from "./decoded.ts";

/** An address as SOCKS carries it: four or sixteen bytes, or up to 255 bytes of text, a character each. */
export type SocksAddress =
  | { readonly kind: "ip"; readonly ip: IpAddress }
  | { readonly kind: "domain"; readonly text: string };

/**
 * An address and its port, with which a request, a reply and the header of a datagram end (RFC 1928
 * section 5).
 *
 * ```text
 * +------+----------+------+
 * | ATYP |   ADDR   | PORT |   ATYP 1: IPv4, 4 bytes. ATYP 4: IPv6, 16 bytes.
 * +------+----------+------+   ATYP 3: one byte with a length, and so many bytes of a name.
 * |  1   | Variable |  2   |   PORT: most significant byte first.
 * +------+----------+------+
 * ```
 */
export interface SocksEndpoint {
  readonly address: SocksAddress;
  /** 0 to 65535. */
  readonly port: number;
}

/** An address that names nothing; which of its bytes is wrong decides what a client is answered. */
export interface BadAddress extends BadMessage {
  readonly fault: "unknown_type" | "empty_domain";
}

/** Address types (RFC 1928 section 5). */
const ADDRESS_TYPE = { ipv4: 0x01, domain: 0x03, ipv6: 0x04 } as const;

/** The length is one byte. */
const DOMAIN_BYTES_MAX = 255;
const PORT_BYTES = 2;

/**
 * The host that an address names. A NUL, a line end or a byte beyond ASCII in a name is refused here, before
 * anyone could look it up.
 */
export function hostOf(address: SocksAddress): Host | BadHost {
  if (address.kind === "ip") return { kind: "ip", ip: address.ip };
  // Some clients send an IPv6 literal as if it were a name. No name has a colon, so nothing else is meant.
  const ip = address.text.includes(":") ? parseIp(address.text) : null;
  return ip === null ? parseHost(address.text) : { kind: "ip", ip };
}

/** The address that names a host. */
export function addressOf(host: Host): SocksAddress {
  return host.kind === "ip" ? host : { kind: "domain", text: host.name };
}

/** Reads an address and its port, which begin at index `start`. The length counts from there. */
export function decodeEndpoint(
  bytes: Uint8Array,
  start: number,
): Decoded<SocksEndpoint, BadAddress> {
  const first = start + 1;
  switch (bytes[start]) {
    case undefined:
      return { kind: "more" };
    case ADDRESS_TYPE.ipv4:
      return decodeIp(bytes, first, 4);
    case ADDRESS_TYPE.ipv6:
      return decodeIp(bytes, first, 16);
    case ADDRESS_TYPE.domain:
      return decodeDomain(bytes, first);
    default:
      return {
        kind: "bad",
        fault: "unknown_type",
        why: `the address type is ${bytes[start]}, which is not 1, 3 or 4`,
      };
  }
}

/** How many bytes {@linkcode writeEndpoint} writes. */
export function endpointLength({ address }: SocksEndpoint): number {
  const addressBytes = address.kind === "domain"
    ? 1 + address.text.length
    : address.ip.family === 4
    ? 4
    : 16;
  return 1 + addressBytes + PORT_BYTES;
}

/**
 * Writes an address and its port from index `start` on. The text of a domain is a character a byte.
 *
 * @throws {RangeError} for a domain that is empty or over 255 bytes: its length would be read as another
 */
export function writeEndpoint(into: Uint8Array, start: number, endpoint: SocksEndpoint): void {
  const { address, port } = endpoint;
  const end = start + endpointLength(endpoint);
  if (address.kind === "ip") {
    into[start] = address.ip.family === 4 ? ADDRESS_TYPE.ipv4 : ADDRESS_TYPE.ipv6;
    writeIp(into, start + 1, address.ip);
  } else {
    const { length } = address.text;
    if (length === 0 || length > DOMAIN_BYTES_MAX) {
      throw new RangeError(`Cannot encode a domain of ${length} bytes: 1 to 255 fit`);
    }
    into[start] = ADDRESS_TYPE.domain;
    into[start + 1] = length;
    into.set(latin1Bytes(address.text), start + 2);
  }
  view(into).setUint16(end - PORT_BYTES, port);
}

function decodeIp(
  bytes: Uint8Array,
  start: number,
  ipBytes: 4 | 16,
): Decoded<SocksEndpoint, BadAddress> {
  const end = start + ipBytes;
  if (bytes.length < end + PORT_BYTES) return { kind: "more" };
  const data = view(bytes);
  const ip: IpAddress = ipBytes === 4
    ? { family: 4, bits: BigInt(data.getUint32(start)) }
    : { family: 6, bits: data.getBigUint64(start) << 64n | data.getBigUint64(start + 8) };
  const message = { address: { kind: "ip", ip }, port: data.getUint16(end) } as const;
  return { kind: "message", message, length: 1 + ipBytes + PORT_BYTES };
}

function decodeDomain(bytes: Uint8Array, start: number): Decoded<SocksEndpoint, BadAddress> {
  const length = bytes[start];
  if (length === undefined) return { kind: "more" };
  if (length === 0) return { kind: "bad", fault: "empty_domain", why: "the host is empty" };
  const end = start + 1 + length;
  if (bytes.length < end + PORT_BYTES) return { kind: "more" };
  const text = latin1(bytes.subarray(start + 1, end));
  const message = { address: { kind: "domain", text }, port: view(bytes).getUint16(end) } as const;
  return { kind: "message", message, length: 2 + length + PORT_BYTES };
}

function writeIp(into: Uint8Array, start: number, ip: IpAddress): void {
  const data = view(into);
  if (ip.family === 4) return data.setUint32(start, Number(ip.bits));
  data.setBigUint64(start, ip.bits >> 64n);
  data.setBigUint64(start + 8, BigInt.asUintN(64, ip.bits));
}

function view({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
