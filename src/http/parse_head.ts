import { ProtocolError, type ProtocolFault } from "../net/errors.ts";
import { latin1 } from "../net/stream/latin1.ts";
import { isTokenByte, isValueByte } from "./characters.ts";
import type { Field } from "./fields.ts";
import type { Minor, RequestHead, ResponseHead } from "./head.ts";

const HTAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const COLON = 0x3a;
const ZERO = 0x30;
const DELETE = 0x7f;

/** The longest registered method has 17 bytes (UPDATEREDIRECTREF); methods go into records and replies. */
const METHOD_BYTES_MAX = 64;

/** Who sent the bytes, for the blame. */
type Peer = "client" | "upstream";

/**
 * Parses a request head: `bytes` is all of it, with the empty line at its end.
 *
 * @throws {ProtocolError} for anything that RFC 9112 does not allow, or allows only to be lenient
 */
export function parseRequestHead(bytes: Uint8Array, fieldsMax: number): RequestHead {
  const text = latin1(bytes);
  const lineEnd = endOfLine(bytes, 0, "client", "bad_request_line");
  const methodEnd = tokenEnd(bytes, 0);
  if (methodEnd === 0) refuse("the request line has no method");
  if (bytes[methodEnd] !== SPACE) refuse("a method is a token and one space");
  if (methodEnd > METHOD_BYTES_MAX) refuse("the method is too long");
  const targetStart = methodEnd + 1;
  let targetEnd = targetStart;
  while (isTargetByte(bytes[targetEnd]!)) targetEnd += 1;
  if (targetEnd === targetStart) refuse("the request line has no target");
  if (bytes[targetEnd] !== SPACE) {
    // RFC 9112 section 3: no white space in the target; stricter: nor a byte above 0x7e (RFC 3986).
    refuse("the request target holds a byte that no URI has");
  }
  const version = text.slice(targetEnd + 1, lineEnd);
  const lines: number[] = [];
  return {
    method: text.slice(0, methodEnd),
    target: text.slice(targetStart, targetEnd),
    minor: minorOf(version, "client", "bad_request_line"),
    fields: parseFields({ bytes, text, lines }, lineEnd + 2, fieldsMax, "client"),
    sent: { text, lines },
  };
}

/**
 * Parses a response head: `bytes` is all of it, with the empty line at its end.
 *
 * @throws {ProtocolError} as for requests; a missing space after the status is let pass
 */
export function parseResponseHead(bytes: Uint8Array, fieldsMax: number): ResponseHead {
  const text = latin1(bytes);
  const lineEnd = endOfLine(bytes, 0, "upstream", "bad_status_line");
  const bad = (why: string): never => {
    throw new ProtocolError("upstream", "bad_status_line", `Cannot parse the response: ${why}`);
  };
  // HTTP-version SP status-code SP [ reason-phrase ] (RFC 9112 section 4). Many servers leave out the
  // second space when there is no phrase; nothing is ambiguous about that.
  const minor = minorOf(text.slice(0, 8), "upstream", "bad_status_line");
  // RFC 9110 section 15: 600 and above are invalid, but no framing hangs on them, and some servers say 999.
  const status = threeDigits(bytes, 9);
  if (bytes[8] !== SPACE || status < 100) bad("the status is not a number from 100 to 999");
  if (lineEnd > 12 && bytes[12] !== SPACE) bad("no space after the status");
  for (let at = 13; at < lineEnd; at++) {
    if (!isValueByte(bytes[at]!)) bad("the reason phrase holds a control character");
  }
  const lines: number[] = [];
  return {
    minor,
    status,
    reason: text.slice(13, lineEnd),
    fields: parseFields({ bytes, text, lines }, lineEnd + 2, fieldsMax, "upstream"),
    sent: { text, lines },
  };
}

/** What fields are read from, and what is noted of it meanwhile. */
export interface FieldSource {
  readonly bytes: Uint8Array;
  /** The same, a character a byte. */
  readonly text: string;
  /** Gets where each line begins, and where the empty one does. */
  readonly lines: number[];
}

/**
 * Parses field lines from `at` to the empty line that ends `bytes` (RFC 9112 section 5). Also reads
 * trailer sections.
 */
export function parseFields(
  { bytes, text, lines }: FieldSource,
  at: number,
  fieldsMax: number,
  peer: Peer,
): Field[] {
  const bad = (why: string): never => {
    throw new ProtocolError(peer, "bad_header", `Cannot parse the header: ${why}`);
  };
  const fields: Field[] = [];
  while (bytes[at] !== CR) {
    if (at >= bytes.length) bad("it does not end");
    if (fields.length === fieldsMax) {
      throw new ProtocolError(peer, "too_many_fields", `Cannot take more than ${fieldsMax} fields`);
    }
    const nameEnd = tokenEnd(bytes, at);
    // RFC 9112 section 5.2: a server MUST reject obs-fold or replace it. Stricter: always reject.
    if (nameEnd === at) bad("a line does not begin with a field name");
    // RFC 9112 section 5.1: no white space is allowed between the field name and the colon.
    if (bytes[nameEnd] !== COLON) bad("a field name is a token and a colon");
    let start = nameEnd + 1;
    while (bytes[start] === SPACE || bytes[start] === HTAB) start += 1;
    let lineEnd = start;
    while (isValueByte(bytes[lineEnd]!)) lineEnd += 1;
    if (bytes[lineEnd] !== CR || bytes[lineEnd + 1] !== LF) throw badLine(bytes, lineEnd, peer);
    let end = lineEnd;
    while (end > start && (bytes[end - 1] === SPACE || bytes[end - 1] === HTAB)) end -= 1;
    const name = text.slice(at, nameEnd);
    lines.push(at);
    fields.push({ name, key: name.toLowerCase(), value: text.slice(start, end) });
    at = lineEnd + 2;
  }
  if (bytes[at + 1] !== LF || at + 2 !== bytes.length) bad("a carriage return stands alone");
  lines.push(at);
  return fields;
}

/** What is wrong with a line whose value ends at a byte that is neither of a value nor the end of a line. */
function badLine(bytes: Uint8Array, at: number, peer: Peer): ProtocolError {
  // A line feed alone is worse than whatever else is wrong with its line.
  endOfLine(bytes, at, peer, "bad_header");
  const why = "Cannot parse the header: a field value holds a control character";
  return new ProtocolError(peer, "bad_header", why);
}

/** A number of three digits; 0 where there are none, or fewer. */
function threeDigits(bytes: Uint8Array, at: number): number {
  let number = 0;
  for (let i = at; i < at + 3; i++) {
    const digit = bytes[i]! - ZERO;
    if (!(digit >= 0 && digit <= 9)) return 0;
    number = number * 10 + digit;
  }
  return number;
}

function tokenEnd(bytes: Uint8Array, at: number): number {
  while (at < bytes.length && isTokenByte(bytes[at]!)) at += 1;
  return at;
}

/** The index of the CR that ends the line. A CR or LF that stands alone is refused (RFC 9112 section 2.2). */
function endOfLine(bytes: Uint8Array, from: number, peer: Peer, fault: ProtocolFault): number {
  const end = bytes.indexOf(LF, from) - 1;
  if (end < from || bytes[end] !== CR) {
    throw new ProtocolError(peer, fault, "Cannot parse the head: a line feed stands alone");
  }
  return end;
}

function isTargetByte(byte: number): boolean {
  return byte > SPACE && byte < DELETE;
}

function minorOf(version: string, peer: Peer, fault: ProtocolFault): Minor {
  if (version === "HTTP/1.1") return 1;
  if (version === "HTTP/1.0") return 0;
  throw new ProtocolError(peer, fault, "Cannot speak this protocol: only HTTP/1.0 and HTTP/1.1");
}

function refuse(why: string): never {
  throw new ProtocolError("client", "bad_request_line", `Cannot parse the request: ${why}`);
}
