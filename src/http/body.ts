import { AdaptiveBuffer } from "../net/adaptive_buffer.ts";
import type { BufferPool } from "../net/buffer_pool.ts";
import type { BufferedReader } from "../net/buffered_reader.ts";
import { ProtocolError } from "../net/errors.ts";
import { latin1Bytes } from "../net/latin1.ts";
import { type ByteStream, writeAll } from "../net/stream.ts";
import { ChunkedDecoder } from "./chunked.ts";
import type { Fields } from "./fields.ts";
import type { Framing } from "./framing.ts";
import { mayBeTrailer } from "./hop_by_hop.ts";
import { fieldLines } from "./write_head.ts";

/** What a body waits with. A small one goes through it in one read. */
const SMALL_BYTES = 4096;

/** `ffffffffff\r\n` before the data of a chunk that we write, and `\r\n0\r\n` after it. */
const CHUNK_HEAD_ROOM = 12;
const CHUNK_TAIL_ROOM = 5;
const CR = 0x0d;
const LF = 0x0a;
const ZERO = 0x30;

/** A body on its way from one peer to the other. */
export interface BodyTransfer {
  readonly from: BufferedReader;
  readonly to: ByteStream;
  /** Who sends it, for the blame. */
  readonly peer: "client" | "upstream";
  readonly framing: Framing;
  /** Whether chunks leave as chunks; else only the data does, for a receiver that knows no chunks. */
  readonly keepChunks: boolean;
  readonly fieldsMax: number;
  /** Sent in front, with the first of the body if that is there already: the head. */
  readonly prefix: Uint8Array<ArrayBuffer>;
  readonly pool: BufferPool;
  /** Called after each read, to put off a limit. */
  readonly touch: () => void;
}

/**
 * Carries a body, as slowly as the receiver takes it, and nothing after it.
 *
 * @throws {ProtocolError} when the sender's bytes are wrong or end too early; anything else is the
 * receiver's stream failing
 */
export async function transferBody(transfer: BodyTransfer): Promise<void> {
  switch (transfer.framing.kind) {
    case "none":
      return await writeAll(transfer.to, transfer.prefix);
    case "length":
      return await transferLength(transfer, transfer.framing.length);
    case "close":
      return await transferLength(transfer, Infinity);
    case "chunked":
      return await transferChunks(transfer);
  }
  transfer.framing satisfies never;
}

/** An infinite length ends with the stream. */
async function transferLength(transfer: BodyTransfer, length: number): Promise<void> {
  const { to, touch } = transfer;
  let left = length - await sendPrefix(transfer, length);
  if (left === 0) return;
  using buffer = new AdaptiveBuffer(transfer.pool, SMALL_BYTES);
  while (left > 0) {
    const space = buffer.bytes.length > left ? buffer.bytes.subarray(0, left) : buffer.bytes;
    const count = await readSome(transfer, space);
    if (count === null) {
      if (length === Infinity) return;
      throw cutShort(transfer.peer);
    }
    touch();
    await writeAll(to, count === space.length ? space : space.subarray(0, count));
    left -= count;
    buffer.filled(count, space.length);
  }
}

/** Writes the prefix, and with it what the reader holds of the body. Returns how much of that. */
async function sendPrefix(transfer: BodyTransfer, length: number): Promise<number> {
  const { from, to, prefix } = transfer;
  const held = from.buffered;
  const count = Math.min(held.length, length);
  if (count === 0) {
    await writeAll(to, prefix);
    return 0;
  }
  const both = new Uint8Array(prefix.length + count);
  both.set(prefix);
  both.set(held.subarray(0, count), prefix.length);
  from.consume(count);
  await writeAll(to, both);
  return count;
}

/** Decodes each piece and writes it as one chunk of our own: the sender's framing never goes on. */
async function transferChunks(transfer: BodyTransfer): Promise<void> {
  const { from, to, peer, keepChunks, touch } = transfer;
  const decoder = new ChunkedDecoder(peer, transfer.fieldsMax);
  using buffer = new AdaptiveBuffer(transfer.pool, SMALL_BYTES);
  await writeAll(to, transfer.prefix);
  while (!decoder.done) {
    const { bytes } = buffer;
    const space = bytes.subarray(CHUNK_HEAD_ROOM, bytes.length - CHUNK_TAIL_ROOM);
    const count = await readSome(transfer, space);
    if (count === null) throw cutShort(peer);
    touch();
    const { data, used } = decoder.decode(space.subarray(0, count));
    if (used < count) from.unread(space.subarray(used, count));
    if (keepChunks) {
      const chunk = frameChunk(bytes, data, decoder.done);
      if (chunk.length > 0) await writeAll(to, chunk);
    } else if (data > 0) {
      await writeAll(to, space.subarray(0, data));
    }
    buffer.filled(count, space.length);
  }
  if (keepChunks) await writeAll(to, trailerSection(decoder.trailers));
}

/** Puts the size before the data and what follows a chunk behind it, in the room that was left. */
function frameChunk(
  bytes: Uint8Array<ArrayBuffer>,
  data: number,
  last: boolean,
): Uint8Array<ArrayBuffer> {
  let start = CHUNK_HEAD_ROOM;
  let end = CHUNK_HEAD_ROOM + data;
  if (data > 0) {
    bytes[--start] = LF;
    bytes[--start] = CR;
    const size = data.toString(16);
    start -= size.length;
    for (let i = 0; i < size.length; i++) bytes[start + i] = size.charCodeAt(i);
    bytes[end++] = CR;
    bytes[end++] = LF;
  }
  if (last) {
    bytes[end++] = ZERO;
    bytes[end++] = CR;
    bytes[end++] = LF;
  }
  return bytes.subarray(start, end);
}

function trailerSection(trailers: Fields): Uint8Array<ArrayBuffer> {
  return latin1Bytes(`${fieldLines(trailers.filter(mayBeTrailer))}\r\n`);
}

/** Reads on. A reset of the sender is its fault; whatever else fails is the receiver's. */
async function readSome(transfer: BodyTransfer, into: Uint8Array): Promise<number | null> {
  try {
    return await transfer.from.read(into);
  } catch (cause) {
    throw cutShort(transfer.peer, cause);
  }
}

function cutShort(peer: "client" | "upstream", cause?: unknown): ProtocolError {
  return new ProtocolError(
    peer,
    "cut_short",
    "Cannot read the body: the connection ended in it",
    { cause },
  );
}
