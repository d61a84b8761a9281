// The messages of SOCKS5 (RFC 1928) and of its user name and password (RFC 1929), both ways, as bytes. No
// waiting and no conversation: handshake.ts has the server's, client.ts the client's.
import type { SocketAddress } from "../net/address/endpoint.ts";
import { latin1 } from "../net/stream/latin1.ts";
import {
  type BadAddress,
  decodeEndpoint,
  endpointLength,
  type SocksAddress,
  type SocksEndpoint,
  writeEndpoint,
} from "./address.ts";
import type { BadMessage, Decoded } from "./decoded.ts";

/** The version of SOCKS that is spoken, with which all messages begin but those of RFC 1929. */
export const SOCKS_VERSION = 5;
/** The version of the negotiation of RFC 1929. */
const PASSWORD_VERSION = 1;

/** Authentication methods (RFC 1928 section 3) that are spoken here, and the answer to all others. */
export const METHOD = {
  none: 0x00,
  password: 0x02,
  unacceptable: 0xff,
} as const;

/** One of {@linkcode METHOD}. */
export type Method = typeof METHOD[keyof typeof METHOD];

/** What a server says of credentials (RFC 1929 section 2): 0 is success, all else is not. */
export const CREDENTIALS_STATUS = { accepted: 0x00, refused: 0x01 } as const;

/** One of {@linkcode CREDENTIALS_STATUS}. */
export type CredentialsStatus = typeof CREDENTIALS_STATUS[keyof typeof CREDENTIALS_STATUS];

/** Commands (RFC 1928 section 4). */
const COMMAND = { connect: 0x01, bind: 0x02, udp_associate: 0x03 } as const;

/** Reply codes (RFC 1928 section 6). */
export const REPLY = {
  succeeded: 0x00,
  generalFailure: 0x01,
  notAllowed: 0x02,
  networkUnreachable: 0x03,
  hostUnreachable: 0x04,
  connectionRefused: 0x05,
  ttlExpired: 0x06,
  commandNotSupported: 0x07,
  addressTypeNotSupported: 0x08,
} as const;

/** One of {@linkcode REPLY}. */
export type ReplyCode = typeof REPLY[keyof typeof REPLY];

/**
 * What a client says first (RFC 1928 section 3).
 *
 * ```text
 * +-----+----------+----------+
 * | VER | NMETHODS | METHODS  |   VER: 5. METHODS: a byte each.
 * +-----+----------+----------+
 * |  1  |    1     | 0 to 255 |
 * +-----+----------+----------+
 * ```
 */
export interface Greeting {
  /** The methods that the client offers, in its order; none is a greeting too, which no server can accept. */
  readonly methods: readonly number[];
}

/**
 * A user name and a password (RFC 1929 section 2).
 *
 * ```text
 * +-----+------+----------+------+----------+
 * | VER | ULEN |  UNAME   | PLEN |  PASSWD  |   VER: 1. Lenient: lengths of 0, which clients send.
 * +-----+------+----------+------+----------+
 * |  1  |  1   | 0 to 255 |  1   | 0 to 255 |
 * +-----+------+----------+------+----------+
 * ```
 */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/**
 * What a client wants (RFC 1928 section 4).
 *
 * ```text
 * +-----+-----+-----+------+----------+----------+
 * | VER | CMD | RSV | ATYP | DST.ADDR | DST.PORT |   VER: 5. RSV: 0.
 * +-----+-----+-----+------+----------+----------+   CMD 1: CONNECT, 2: BIND, 3: UDP ASSOCIATE.
 * |  1  |  1  |  1  |  1   | Variable |    2     |
 * +-----+-----+-----+------+----------+----------+
 * ```
 */
export interface SocksRequest {
  readonly command: "connect" | "udp_associate";
  readonly address: SocksAddress;
  /** 0 to 65535. */
  readonly port: number;
}

/** A request that is not served, and the reply that says so. */
export interface BadRequest extends BadMessage {
  readonly reply: ReplyCode;
}

/**
 * What a server answers to a request (RFC 1928 section 6).
 *
 * ```text
 * +-----+-----+-----+------+----------+----------+
 * | VER | REP | RSV | ATYP | BND.ADDR | BND.PORT |   VER: 5. REP: one of REPLY. RSV: 0.
 * +-----+-----+-----+------+----------+----------+
 * |  1  |  1  |  1  |  1   | Variable |    2     |
 * +-----+-----+-----+------+----------+----------+
 * ```
 */
export type Reply =
  | { readonly kind: "succeeded"; readonly bound: SocksEndpoint }
  | { readonly kind: "failed"; readonly code: number };

/** The bound address of a reply that has none to tell: 0.0.0.0:0. */
const UNBOUND: SocketAddress = { ip: { family: 4, bits: 0n }, port: 0 };

/** Reads a greeting. */
export function decodeGreeting(bytes: Uint8Array): Decoded<Greeting> {
  const [version, count] = bytes;
  if (version === undefined) return { kind: "more" };
  if (version !== SOCKS_VERSION) return badVersion("the greeting", version, SOCKS_VERSION);
  if (count === undefined) return { kind: "more" };
  const length = 2 + count;
  if (bytes.length < length) return { kind: "more" };
  return { kind: "message", message: { methods: [...bytes.subarray(2, length)] }, length };
}

/** The greeting of a client that offers these methods, which are 255 at most. */
export function encodeGreeting(methods: readonly Method[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array([SOCKS_VERSION, methods.length, ...methods]);
}

/** Reads the server's answer to a greeting: the method that it selected. */
export function decodeMethodSelection(bytes: Uint8Array): Decoded<number> {
  const [version, method] = bytes;
  if (version === undefined) return { kind: "more" };
  if (version !== SOCKS_VERSION) return badVersion("the method selection", version, SOCKS_VERSION);
  return method === undefined ? { kind: "more" } : { kind: "message", message: method, length: 2 };
}

/**
 * The server's answer to a greeting (RFC 1928 section 3).
 *
 * ```text
 * +-----+--------+
 * | VER | METHOD |   VER: 5. METHOD: one of those offered, or 255 for none of them.
 * +-----+--------+
 * |  1  |   1    |
 * +-----+--------+
 * ```
 */
export function encodeMethodSelection(method: Method): Uint8Array<ArrayBuffer> {
  return new Uint8Array([SOCKS_VERSION, method]);
}

/** Reads a user name and a password, a character a byte. */
export function decodeCredentials(bytes: Uint8Array): Decoded<Credentials> {
  const [version, userBytes] = bytes;
  if (version === undefined) return { kind: "more" };
  if (version !== PASSWORD_VERSION) return badVersion("the password", version, PASSWORD_VERSION);
  if (userBytes === undefined) return { kind: "more" };
  const userEnd = 2 + userBytes;
  const passwordBytes = bytes[userEnd];
  if (passwordBytes === undefined) return { kind: "more" };
  const length = userEnd + 1 + passwordBytes;
  if (bytes.length < length) return { kind: "more" };
  const user = latin1(bytes.subarray(2, userEnd));
  const password = latin1(bytes.subarray(userEnd + 1, length));
  return { kind: "message", message: { user, password }, length };
}

/**
 * Credentials for a server. RFC 1929 names no encoding: this is UTF-8, as they are in a URL. Null when one of
 * the two is over 255 bytes, which its length cannot say.
 */
export function encodeCredentials(
  { user, password }: Credentials,
): Uint8Array<ArrayBuffer> | null {
  const encoder = new TextEncoder();
  const userBytes = encoder.encode(user);
  const passwordBytes = encoder.encode(password);
  if (userBytes.length > 255 || passwordBytes.length > 255) return null;
  return new Uint8Array([
    PASSWORD_VERSION,
    userBytes.length,
    ...userBytes,
    passwordBytes.length,
    ...passwordBytes,
  ]);
}

/** Reads what a server says of credentials: 0 is success, all else is not (RFC 1929 section 2). */
export function decodeCredentialsStatus(bytes: Uint8Array): Decoded<number> {
  const [version, status] = bytes;
  if (version === undefined) return { kind: "more" };
  if (version !== PASSWORD_VERSION) {
    return badVersion("the answer to the password", version, PASSWORD_VERSION);
  }
  return status === undefined ? { kind: "more" } : { kind: "message", message: status, length: 2 };
}

/**
 * What a server says of credentials (RFC 1929 section 2).
 *
 * ```text
 * +-----+--------+
 * | VER | STATUS |   VER: 1. STATUS: 0 for success; after all else the server closes.
 * +-----+--------+
 * |  1  |   1    |
 * +-----+--------+
 * ```
 */
export function encodeCredentialsStatus(status: CredentialsStatus): Uint8Array<ArrayBuffer> {
  return new Uint8Array([PASSWORD_VERSION, status]);
}

/** Reads a request. What is not served is bad, at the first byte that shows it. */
export function decodeRequest(bytes: Uint8Array): Decoded<SocksRequest, BadRequest> {
  const [version, command, reserved] = bytes;
  if (version === undefined) return { kind: "more" };
  if (version !== SOCKS_VERSION) {
    const { why } = badVersion("the request", version, SOCKS_VERSION);
    return badRequest(REPLY.generalFailure, why);
  }
  if (command === undefined) return { kind: "more" };
  if (command !== COMMAND.connect && command !== COMMAND.udp_associate) {
    return badRequest(REPLY.commandNotSupported, whyNotServed(command));
  }
  if (reserved === undefined) return { kind: "more" };
  if (reserved !== 0) return badRequest(REPLY.generalFailure, whyNotZero(reserved));
  const end = decodeEndpoint(bytes, 3);
  if (end.kind === "bad") return badRequest(ADDRESS_REPLIES[end.fault], end.why);
  if (end.kind === "more") return end;
  const name = command === COMMAND.connect ? "connect" : "udp_associate";
  return { kind: "message", message: { command: name, ...end.message }, length: 3 + end.length };
}

/** A request to a server. The text of a domain is 1 to 255 characters, a byte each. */
export function encodeRequest(request: SocksRequest): Uint8Array<ArrayBuffer> {
  return withEndpoint([SOCKS_VERSION, COMMAND[request.command], 0], request);
}

/**
 * Reads a reply. Of a failure only the code is read: the server closes after it (RFC 1928 section 6), and
 * nothing behind the code changes what it means.
 */
export function decodeReply(bytes: Uint8Array): Decoded<Reply> {
  const [version, code, reserved] = bytes;
  if (version === undefined) return { kind: "more" };
  if (version !== SOCKS_VERSION) return badVersion("the reply", version, SOCKS_VERSION);
  if (code === undefined) return { kind: "more" };
  if (code !== REPLY.succeeded) {
    return { kind: "message", message: { kind: "failed", code }, length: 2 };
  }
  if (reserved === undefined) return { kind: "more" };
  if (reserved !== 0) return { kind: "bad", why: whyNotZero(reserved) };
  const end = decodeEndpoint(bytes, 3);
  if (end.kind !== "message") return end;
  const message = { kind: "succeeded", bound: end.message } as const;
  return { kind: "message", message, length: 3 + end.length };
}

/** A reply. `bound` is BND.ADDR and BND.PORT; 0.0.0.0:0 where it says nothing. */
export function encodeReply(
  code: ReplyCode,
  bound: SocketAddress = UNBOUND,
): Uint8Array<ArrayBuffer> {
  const address = { kind: "ip", ip: bound.ip } as const;
  return withEndpoint([SOCKS_VERSION, code, 0], { address, port: bound.port });
}

const ADDRESS_REPLIES: Readonly<Record<BadAddress["fault"], ReplyCode>> = {
  unknown_type: REPLY.addressTypeNotSupported,
  empty_domain: REPLY.generalFailure,
};

function withEndpoint(
  head: readonly number[],
  endpoint: SocksEndpoint,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(head.length + endpointLength(endpoint));
  bytes.set(head);
  writeEndpoint(bytes, head.length, endpoint);
  return bytes;
}

function badVersion(what: string, version: number, expected: number): BadMessage {
  return { kind: "bad", why: `${what} has version ${version}, which is not ${expected}` };
}

function badRequest(reply: ReplyCode, why: string): BadRequest {
  return { kind: "bad", reply, why };
}

function whyNotServed(command: number): string {
  return command === COMMAND.bind ? "BIND is not supported" : `command ${command} is not known`;
}

function whyNotZero(reserved: number): string {
  return `the reserved byte is ${reserved}, which is not 0`;
}
