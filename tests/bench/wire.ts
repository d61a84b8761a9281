// HTTP/1.1 on raw sockets, as little of it as the bench and the memory journey need. Checks next to nothing.
import { BULK_BYTES, BULK_STEP_BYTES } from "./job.ts";

/** The room for a head, and what may come behind it in the same read. */
export const HEAD_BYTES_MAX = 4096;

/** Writes all of it. */
export async function send(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  let written = await conn.write(bytes);
  while (written < bytes.length) written += await conn.write(bytes.subarray(written));
}

/** Writes the bulk. */
export async function sendBulk(conn: Deno.Conn, step: Uint8Array): Promise<void> {
  for (let sent = 0; sent < BULK_BYTES; sent += BULK_STEP_BYTES) await send(conn, step);
}

/** Reads `left` bytes and forgets them. */
export async function drain(conn: Deno.Conn, left: number, into: Uint8Array): Promise<void> {
  while (left > 0) {
    const count = await conn.read(into);
    if (count === null) throw new Error(`Cannot read: the connection ended ${left} bytes early`);
    left -= count;
  }
}

/** Reads exactly `count` bytes into the start of `into`, and no more. */
export async function readExactly(
  conn: Deno.Conn,
  count: number,
  into: Uint8Array,
): Promise<Uint8Array> {
  for (let held = 0; held < count;) {
    const more = await conn.read(into.subarray(held, count));
    if (more === null) throw new Error(`Cannot read: the connection ended after ${held} bytes`);
    held += more;
  }
  return into.subarray(0, count);
}

/** A head, and how much came with it in the same reads: `buffer` holds both. */
export interface Head {
  readonly text: string;
  readonly bytes: number;
  readonly held: number;
}

/** Reads to the empty line; null when the connection ends before the first byte. */
export async function readHead(conn: Deno.Conn, buffer: Uint8Array): Promise<Head | null> {
  const held = await conn.read(buffer);
  return held === null ? null : await parseHead(conn, buffer, held);
}

/** Reads on to the empty line, behind the first `held` bytes, which are in `buffer` already. */
export async function parseHead(
  conn: Deno.Conn,
  buffer: Uint8Array,
  held: number,
): Promise<Head> {
  while (true) {
    const text = new TextDecoder("latin1").decode(buffer.subarray(0, held));
    const end = text.indexOf("\r\n\r\n");
    if (end !== -1) return { text: text.slice(0, end).toLowerCase(), bytes: end + 4, held };
    if (held === buffer.length) throw new Error(`Cannot read a head: it is over ${held} bytes`);
    const count = await conn.read(buffer.subarray(held));
    if (count === null) throw new Error("Cannot read a head: the connection ended in it");
    held += count;
  }
}

/** Whether the sender of this head ends the connection after the message. */
export function endsConnection(head: Head): boolean {
  return head.text.includes("connection: close") || head.text.includes("http/1.0");
}

/** The head, if it is that of a response that says yes. */
export function expectSuccess(head: Head | null): Head {
  if (head === null) throw new Error("Cannot read a response: the connection ended before it");
  if (/^http\/1\.[01] 2/.test(head.text)) return head;
  throw new Error(`Cannot go on: the response is "${head.text.split("\r\n")[0]}"`);
}

/** Text as bytes. */
export function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
