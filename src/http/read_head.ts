import type { BufferedReader } from "../net/buffered_reader.ts";
import { ProtocolError } from "../net/errors.ts";
import { isTokenByte } from "./characters.ts";

const LF = 0x0a;
const CR = 0x0d;

/**
 * Reads a request head: up to and with the empty line that ends it; null when the stream ends before its
 * first byte. The view is parsed at once and then consumed by its length. `began` is told when the first
 * byte is there, which may be long before the last.
 *
 * @throws {ProtocolError} at the first byte that no head can have, not only at the end
 */
export async function readRequestHead(
  reader: BufferedReader,
  headBytes: number,
  began: () => void,
): Promise<Uint8Array | null> {
  if (reader.buffered.length === 0 && !(await reader.fill())) return null;
  began();
  if (reader.buffered[0] === CR) {
    // RFC 9112 section 2.2: a server SHOULD ignore at least one empty line before the request line.
    while (reader.buffered.length < 3) {
      if (!(await reader.fill())) return null;
    }
    if (reader.buffered[1] !== LF) throw bad("client", "a carriage return stands alone");
    reader.consume(2);
  }
  if (!isTokenByte(reader.buffered[0]!)) {
    throw bad("client", "this is not HTTP/1.1 (a TLS client must send CONNECT first)");
  }
  return await readToEmptyLine(reader, headBytes, "client");
}

/** Reads a response head, as {@linkcode readRequestHead} does a request's. */
export async function readResponseHead(
  reader: BufferedReader,
  headBytes: number,
): Promise<Uint8Array | null> {
  if (reader.buffered.length === 0 && !(await reader.fill())) return null;
  return await readToEmptyLine(reader, headBytes, "upstream");
}

async function readToEmptyLine(
  reader: BufferedReader,
  headBytes: number,
  peer: "client" | "upstream",
): Promise<Uint8Array> {
  let searched = 0;
  while (true) {
    const bytes = reader.buffered;
    const end = headEnd(bytes, searched, peer);
    if (end > headBytes || (end === -1 && bytes.length >= headBytes)) {
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
