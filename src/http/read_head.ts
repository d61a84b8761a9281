import type { BufferedReader } from "../net/stream/buffered_reader.ts";
import { ProtocolError } from "../net/errors.ts";
import { isTokenByte } from "./characters.ts";

const LF = 0x0a;
const CR = 0x0d;
const H = 0x48;
/** The first byte of a TLS connection (RFC 8446 section 5.1). */
const TLS_HANDSHAKE = 0x16;

/** Who sent the bytes, for the blame. */
type Peer = "client" | "upstream";

/**
 * The request head that has been read already, as most have when they are looked for; null where more is to be read.
 * As {@linkcode readRequestHead} in all else.
 */
export function heldRequestHead(
  reader: BufferedReader,
  headBytes: number,
  lineBytes: number,
): Uint8Array | null {
  if (reader.length === 0 || reader.buffered[0] === CR) return null;
  checkFirst(reader.buffered[0]!);
  return whole(reader.buffered, 0, { headBytes, lineBytes }, "client");
}

/**
 * Reads a request head: up to and with the empty line that ends it; null when the stream ends before its
 * first byte. The view is parsed at once and then consumed by its length. `began` is told when the first
 * byte is there, which may be long before the last.
 *
 * @throws {ProtocolError} for a first byte that no head has, a line feed alone, a head that is too long:
 * as soon as it comes. What else may be wrong is for the parser
 * @param lineBytes the longest request line
 */
export async function readRequestHead(
  reader: BufferedReader,
  headBytes: number,
  began: () => void,
  lineBytes = Infinity,
): Promise<Uint8Array | null> {
  if (!(await holds(reader, 1))) return null;
  if (reader.buffered[0] === CR) {
    // RFC 9112 section 2.2: a server SHOULD ignore at least one empty line before the request line. Exactly
    // one, and it begins nothing: old clients send it behind a body.
    if (!(await holds(reader, 2))) return null;
    if (reader.buffered[1] !== LF) throw bad("client", "a carriage return stands alone");
    reader.consume(2);
    if (!(await holds(reader, 1))) return null;
  }
  began();
  checkFirst(reader.buffered[0]!);
  return await readToEmptyLine(reader, { headBytes, lineBytes }, "client");
}

function checkFirst(first: number): void {
  if (isTokenByte(first)) return;
  throw bad(
    "client",
    first === TLS_HANDSHAKE
      ? "this is TLS: the client must send CONNECT first"
      : "it does not begin with a method",
  );
}

/** The response head that has been read already: see {@linkcode heldRequestHead}. */
export function heldResponseHead(reader: BufferedReader, headBytes: number): Uint8Array | null {
  if (reader.length === 0) return null;
  checkProtocol(reader.buffered[0]!);
  return whole(reader.buffered, 0, { headBytes, lineBytes: Infinity }, "upstream");
}

/** Reads a response head, as {@linkcode readRequestHead} does a request's. */
export async function readResponseHead(
  reader: BufferedReader,
  headBytes: number,
): Promise<Uint8Array | null> {
  if (!(await holds(reader, 1))) return null;
  checkProtocol(reader.buffered[0]!);
  return await readToEmptyLine(reader, { headBytes, lineBytes: Infinity }, "upstream");
}

/** Servers of other protocols speak first, without an empty line ever: they are not waited for. */
function checkProtocol(first: number): void {
  if (first !== H) throw bad("upstream", "this is not HTTP");
}

/** Reads until so many bytes are buffered; false when the stream ends before. */
async function holds(reader: BufferedReader, count: number): Promise<boolean> {
  while (reader.length < count) {
    if (!(await reader.fill())) return false;
  }
  return true;
}

/** How long a head may be, and its first line. */
interface HeadLimits {
  readonly headBytes: number;
  readonly lineBytes: number;
}

async function readToEmptyLine(
  reader: BufferedReader,
  limits: HeadLimits,
  peer: Peer,
): Promise<Uint8Array> {
  let searched = 0;
  while (true) {
    const bytes = reader.buffered;
    const head = whole(bytes, searched, limits, peer);
    if (head !== null) return head;
    searched = bytes.length;
    if (!(await reader.fill())) {
      throw new ProtocolError(
        peer,
        "cut_short",
        "Cannot read the head: the connection ended in it",
      );
    }
  }
}

/** The head that `bytes` begin with; null where it has not ended yet, and may go on. */
function whole(
  bytes: Uint8Array,
  searched: number,
  { headBytes, lineBytes }: HeadLimits,
  peer: Peer,
): Uint8Array | null {
  // What is short as a whole has no long line.
  if (bytes.length > lineBytes) refuseLongLine(bytes, lineBytes);
  // What stands behind the limit decides nothing: it may be there already, or come later.
  const within = bytes.length > headBytes ? bytes.subarray(0, headBytes) : bytes;
  const end = headEnd(within, searched, peer);
  if (end !== -1) return bytes.subarray(0, end);
  if (bytes.length < headBytes) return null;
  throw new ProtocolError(peer, "head_too_large", `Cannot take a head over ${headBytes} bytes`);
}

/** RFC 9112 section 3: a target that is longer than what a server wishes to parse MUST be answered with 414. */
function refuseLongLine(bytes: Uint8Array, lineBytes: number): void {
  const end = bytes.indexOf(LF);
  // Where it has not ended yet, what came last may be its carriage return.
  const length = end === -1 ? bytes.length - 1 : end - 1;
  if (length <= lineBytes) return;
  throw new ProtocolError(
    "client",
    "request_line_too_long",
    `Cannot take a request line over ${lineBytes} bytes`,
  );
}

/** The index after CR LF CR LF, or -1. A line feed without its carriage return is refused at once. */
function headEnd(bytes: Uint8Array, from: number, peer: Peer): number {
  let at = bytes.indexOf(LF, from);
  while (at !== -1) {
    if (bytes[at - 1] !== CR) throw bad(peer, "a line feed stands alone");
    if (bytes[at - 2] === LF && bytes[at - 3] === CR) return at + 1;
    at = bytes.indexOf(LF, at + 1);
  }
  return -1;
}

function bad(peer: Peer, why: string): ProtocolError {
  const code = peer === "client" ? "bad_request_line" : "bad_status_line";
  return new ProtocolError(peer, code, `Cannot parse the head: ${why}`);
}
