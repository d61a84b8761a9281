import { latin1Bytes } from "../net/stream/latin1.ts";

/** What a client that speaks something else than SOCKS5 is told, in its own language. */
export interface Rebuff {
  /** What to send before closing; empty where it would not be understood. */
  readonly answer: Uint8Array;
  /** One clause, fit for a log line. */
  readonly why: string;
}

/** The first byte of a SOCKS4 request. */
export const SOCKS4_VERSION = 4;
/** The first byte of a TLS connection (RFC 8446 section 5.1). */
const TLS_HANDSHAKE = 0x16;

/** What to make of a first byte that is not 5. */
export function rebuff(first: number): Rebuff {
  if (first === SOCKS4_VERSION) {
    return { answer: socks4Rejection(), why: "it speaks SOCKS4, and SOCKS5 is needed" };
  }
  if (isLetter(first)) {
    return {
      answer: latin1Bytes(HTTP_ANSWER),
      why: "it speaks HTTP, and this port speaks SOCKS5 only",
    };
  }
  return {
    answer: new Uint8Array(),
    why: first === TLS_HANDSHAKE
      ? "it speaks TLS, and SOCKS5 comes first"
      : `its first byte is ${first}, which is not 5`,
  };
}

/** SOCKS4: version 0, code 91 for a request that is rejected, then a port and an address that say nothing. */
function socks4Rejection(): Uint8Array {
  return new Uint8Array([0x00, 0x5b, 0, 0, 0, 0, 0, 0]);
}

const HTTP_TEXT =
  "Doorward refused this request: this port speaks SOCKS5 only. Use the port of the HTTP proxy.\n";

const HTTP_ANSWER = [
  "HTTP/1.1 400 Bad Request",
  "Content-Type: text/plain; charset=utf-8",
  `Content-Length: ${HTTP_TEXT.length}`,
  "Cache-Control: no-store",
  "Connection: close",
  "",
  HTTP_TEXT,
].join("\r\n");

/** Whether a method of HTTP may begin with it: all that are in use begin with a letter. */
function isLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}
