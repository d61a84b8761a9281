import type { BufferedReader } from "../net/stream/buffered_reader.ts";
import { ProtocolError } from "../net/errors.ts";
import { isTokenByte } from "./characters.ts";

const LF = 0x0a;
const CR = 0x0d;
const H = 0x48;
/** The first byte of a TLS connection (RFC 8446 section 5.1). */
const TLS_HANDSHAKE = 0x16;

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
  const first = reader.buffered[0]!;
  if (!isTokenByte(first)) {
    throw bad(
      "client",
      first === TLS_HANDSHAKE
        ? "this is TLS: the client must send CONNECT first"
        : "it does not begin with a method",
    );
  }
  return await readToEmptyLine(reader, headBytes, "client", lineBytes);
}

/** Reads a response head, as {@linkcode readRequestHead} does a request's. */
export async function readResponseHead(
  reader: BufferedReader,
  headBytes: number,
): Promise<Uint8Array | null> {
  if (!(await holds(reader, 1))) return null;
  // Servers of other protocols speak first, without an empty line ever: they are not waited for.
  if (reader.buffered[0] !== H) throw bad("upstream", "this is not HTTP");
  return await readToEmptyLine(reader, headBytes, "upstream");
}

/** Reads until so many bytes are buffered; false when the stream ends before. */
async function holds(reader: BufferedReader, count: number): Promise<boolean> {
  while (reader.buffered.length < count) {
    if (!(await reader.fill())) return false;
  }
  return true;
}

async function readToEmptyLine(
  reader: BufferedReader,
  headBytes: number,
  peer: "client" | "upstream",
  lineBytes = Infinity,
): Promise<Uint8Array> {
  let searched = 0;
  while (true) {
    const bytes = reader.buffered;
    // What is short as a whole has no long line.
    if (bytes.length > lineBytes) refuseLongLine(bytes, lineBytes);
    // What stands behind the limit decides nothing: it may be there already, or come later.
    const end = headEnd(bytes.subarray(0, headBytes), searched, peer);
    if (end === -1 && bytes.length >= headBytes) {
      throw new ProtocolError(peer, "head_too_large", `Cannot take a head over ${headBytes} bytes`);
    }
    if (end !== -1) return bytes.subarray(0, end);
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
function headEnd(bytes: Uint8Array, from: number, peer: "client" | "upstream"): number {
  let at = bytes.indexOf(LF, from);
  while (at !== -1) {
    if (bytes[at - 1] !== CR) throw bad(peer, "a line feed stands alone");
    if (bytes[at - 2] === LF && bytes[at - 3] === CR) return at + 1;
    at = bytes.indexOf(LF, at + 1);
  }
  return -1;
}

function bad(peer: "client" | "upstream", why: string): ProtocolError {
  const code = peer === "client" ? "bad_request_line" : "bad_status_line";
  return new ProtocolError(peer, code, `Cannot parse the head: ${why}`);
}
