// The first words of a TLS client (RFC 8446 sections 4.1.2 and 5.1), read and not answered. No sockets, no keys.

import { latin1 } from "../net/stream/latin1.ts";

/** What a client says of itself before anything is secret. */
export interface ClientHello {
  readonly kind: "hello";
  /** Every name of the server name extension (RFC 6066 section 3), as sent; most clients send one. */
  readonly names: readonly string[];
  /**
   * The extension that may hide another name. Browsers send Encrypted Client Hello (RFC 9849) in every handshake,
   * empty of meaning where they have nothing to hide, and nobody but the server can tell. ESNI is the draft before
   * it, which no client of today sends.
   */
  readonly hiding: "ech" | "esni" | null;
}

/** What the first bytes of a client are. */
export type FirstWords =
  | ClientHello
  /** More bytes are needed to tell. */
  | { readonly kind: "more" }
  | { readonly kind: "not_tls"; readonly why: string };

/** A hello with a post-quantum key has two kilobytes; a longer one than this is an attack. */
export const HELLO_BYTES_MAX = 32 * 1024;

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const MAJOR_VERSION = 3;
/** RFC 8446 section 5.1: no record holds more than 2^14 bytes, and none of a handshake is empty. */
const RECORD_BYTES_MAX = 2 ** 14;
const RECORD_HEADER = 5;
/**
 * Stricter: no limit stands in RFC 8446. The longest hello in the smallest records that anybody can be asked for
 * (RFC 6066 section 4) has as many; more would only have us read them again with every byte that comes.
 */
const RECORDS_MAX = HELLO_BYTES_MAX / 2 ** 9;
const HANDSHAKE_HEADER = 4;

const SERVER_NAME = 0;
const HOST_NAME = 0;
const ECH = 0xfe0d;
const ESNI = 0xffce;

/** Reads the first bytes that a client has sent, all of them each time. Split anywhere they mean the same. */
export function readFirstWords(bytes: Uint8Array): FirstWords {
  const message = handshakeMessage(bytes);
  if (!(message instanceof Uint8Array)) return message;
  try {
    return readHello(new Cursor(message));
  } catch (error) {
    if (error instanceof RangeError) return notTls(error.message);
    throw error;
  }
}

/** The first handshake message, put together from its records. */
function handshakeMessage(bytes: Uint8Array): Uint8Array | FirstWords {
  const parts: Uint8Array[] = [];
  let held = 0;
  let length: number | string | null = null;
  for (let at = 0; parts.length < RECORDS_MAX;) {
    const header = bytes.subarray(at, at + RECORD_HEADER);
    const fault = recordFault(header);
    if (fault !== null) return notTls(fault);
    if (header.length < RECORD_HEADER) return { kind: "more" };
    const start = at + RECORD_HEADER;
    at = start + (header[3]! << 8 | header[4]!);
    const part = bytes.subarray(start, at);
    parts.push(part);
    held += part.length;
    length ??= messageLength(parts, held);
    if (typeof length === "string") return notTls(length);
    if (length !== null && held >= length) return joined(parts, length);
    if (bytes.length < at) return { kind: "more" };
  }
  return notTls("its ClientHello is in too many records");
}

/** What shows on the first bytes of a record that it is none. */
function recordFault(header: Uint8Array): string | null {
  const [type, major, , high, low] = header;
  if (type !== undefined && type !== HANDSHAKE) return "it does not begin with a handshake";
  if (major !== undefined && major !== MAJOR_VERSION) return "its version is none of TLS";
  if (low === undefined) return null;
  const length = high! << 8 | low;
  return length === 0 || length > RECORD_BYTES_MAX ? "the length of a record is none" : null;
}

/** How long the first message is with its header; null when that cannot be told yet. */
function messageLength(parts: readonly Uint8Array[], held: number): number | string | null {
  if (held === 0) return null;
  const header = joined(parts, Math.min(held, HANDSHAKE_HEADER));
  if (header[0] !== CLIENT_HELLO) return "it does not begin with a ClientHello";
  if (header.length < HANDSHAKE_HEADER) return null;
  const length = HANDSHAKE_HEADER + (header[1]! << 16 | header[2]! << 8 | header[3]!);
  return length > HELLO_BYTES_MAX ? "its ClientHello is too long" : length;
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = parts;
  if (first !== undefined && first.length >= length) return first.subarray(0, length);
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    const taken = part.subarray(0, length - at);
    whole.set(taken, at);
    at += taken.length;
  }
  return whole;
}

/**
 * ```text
 * version[2] random[32] session_id<1> cipher_suites<2> compression<1> extensions<2>
 * ```
 */
function readHello(message: Cursor): FirstWords {
  message.skip(HANDSHAKE_HEADER + 2 + 32);
  message.vector(1);
  message.vector(2);
  message.vector(1);
  // RFC 5246 section 7.4.1.2: a client without extensions leaves out their length as well.
  const extensions = message.isAtEnd ? new Cursor(new Uint8Array()) : message.vector(2);
  if (!message.isAtEnd) return notTls("something follows its extensions");
  const seen = new Set<number>();
  const names: string[] = [];
  while (!extensions.isAtEnd) {
    const type = extensions.number(2);
    const body = extensions.vector(2);
    // RFC 8446 section 4.2: there MUST NOT be more than one of a type.
    if (seen.has(type)) return notTls("one of its extensions is there twice");
    seen.add(type);
    if (type === SERVER_NAME) names.push(...serverNames(body));
  }
  return { kind: "hello", names, hiding: seen.has(ESNI) ? "esni" : seen.has(ECH) ? "ech" : null };
}

function serverNames(body: Cursor): string[] {
  const list = body.vector(2);
  const names: string[] = [];
  while (!list.isAtEnd) {
    const type = list.number(1);
    const name = list.vector(2);
    if (type === HOST_NAME) names.push(name.text());
  }
  // Another reader might look for names there.
  if (!body.isAtEnd) throw new RangeError("something follows its server names");
  return names;
}

function notTls(why: string): FirstWords {
  return { kind: "not_tls", why };
}

/** Bytes that are read from the left. Throws a `RangeError` where there are too few. */
class Cursor {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  skip(count: number): void {
    this.#take(count);
  }

  number(size: number): number {
    return this.#take(size).reduce((value, byte) => value * 256 + byte, 0);
  }

  /** Bytes behind their length, which has `size` bytes. */
  vector(size: number): Cursor {
    return new Cursor(this.#take(this.number(size)));
  }

  text(): string {
    return latin1(this.#bytes);
  }

  #take(count: number): Uint8Array {
    const end = this.#at + count;
    if (end > this.#bytes.length) throw new RangeError("its ClientHello is cut short");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}
