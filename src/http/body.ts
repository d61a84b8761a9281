import { AdaptiveBuffer } from "../net/stream/adaptive_buffer.ts";
import type { BufferPool } from "../net/stream/buffer_pool.ts";
import type { BufferedReader } from "../net/stream/buffered_reader.ts";
import { ProtocolError } from "../net/errors.ts";
import { latin1Bytes, pooledBytes } from "../net/stream/latin1.ts";
import { type ByteStream, writeAll } from "../net/stream/stream.ts";
import { ChunkedDecoder } from "./chunked.ts";
import type { Fields } from "./fields.ts";
import type { Framing } from "./framing.ts";
import { knownAs, mayBeTrailer } from "./hop_by_hop.ts";
import { fieldLines } from "./write_head.ts";

/** What a body waits with. A small one goes through it in one read. */
const SMALL_BYTES = 4096;

/** `ffffffffff\r\n` before the data of a chunk that we write, and `\r\n` after it. */
const CHUNK_HEAD_ROOM = 12;
const CHUNK_TAIL_ROOM = 2;
const CR = 0x0d;
const LF = 0x0a;
const NOTHING = new Uint8Array(0);

/** A body on its way from one peer to the other. */
export interface BodyTransfer {
  readonly from: BufferedReader;
  readonly to: Pick<ByteStream, "write">;
  /** Who sends it, for the blame. */
  readonly peer: "client" | "upstream";
  readonly framing: Framing;
  /** Whether chunks leave as chunks; else only the data does, for a receiver that knows no chunks. */
  readonly keepChunks: boolean;
  readonly fieldsMax: number;
  /** What the head's `Connection` names, lower case: trailers of that name end here too (RFC 9110 7.6.1). */
  readonly nominated: readonly string[];
  /**
   * Sent in front, in one write with the first of the body if that is there already: the head. A number says how many
   * bytes it has where `from` holds it, as it goes on, in front of the body.
   */
  readonly prefix: Uint8Array<ArrayBuffer> | number;
  readonly pool: BufferPool;
  /** Called after each read with the bytes of the body in it, to count them and to put off a limit. */
  readonly passed: (bytes: number) => void;
}

/**
 * Carries a body, as slowly as the receiver takes it, and nothing after it. Where the first bytes of a body
 * are wrong, and there already, nothing is sent at all.
 *
 * @throws {ProtocolError} when the sender's bytes are wrong or end too early; anything else is the
 * receiver's stream failing
 */
export function transferBody(transfer: BodyTransfer): Promise<void> {
  const { framing } = transfer;
  switch (framing.kind) {
    case "none":
      return writeAll(transfer.to, firstBytes(transfer, 0));
    case "length":
      return transferLength(transfer, framing.length);
    case "close":
      return transferLength(transfer, Infinity);
  }
  framing.kind satisfies "chunked";
  return transferChunks(transfer);
}

/** An infinite length ends with the stream. */
function transferLength(transfer: BodyTransfer, length: number): Promise<void> {
  const { from, to, prefix } = transfer;
  const held = from.length - (typeof prefix === "number" ? prefix : 0);
  const first = Math.min(held, length);
  const bytes = firstBytes(transfer, first);
  if (first > 0) transfer.passed(first);
  return first === length
    ? writeAll(to, bytes)
    : writeAll(to, bytes).then(() => transferRest(transfer, length - first));
}

async function transferRest(transfer: BodyTransfer, length: number): Promise<void> {
  const { to, passed } = transfer;
  let left = length;
  using buffer = new AdaptiveBuffer(transfer.pool, SMALL_BYTES);
  while (true) {
    const { bytes } = buffer;
    const space = bytes.length > left ? bytes.subarray(0, left) : bytes;
    const count = await readSome(transfer, space);
    if (count === null) {
      if (left === Infinity) return;
      throw cutShort(transfer.peer);
    }
    passed(count);
    await writeAll(to, count === space.length ? space : space.subarray(0, count));
    left -= count;
    if (left === 0) return;
    buffer.filled(count, space.length);
  }
}

/** The prefix, and so many bytes of the body behind it that the reader holds. They are taken. */
function firstBytes({ from, prefix }: BodyTransfer, count: number): Uint8Array<ArrayBuffer> {
  const isHeld = typeof prefix === "number";
  const { buffered } = from;
  const taken = isHeld ? prefix + count : count;
  const first = taken === buffered.length ? buffered : buffered.subarray(0, taken);
  // Good until the next read, which nobody begins before they are written.
  from.consume(taken);
  return isHeld ? first : joined(prefix, first, NOTHING);
}

/** Decodes each piece and writes it as one chunk of our own: the sender's framing never goes on. */
async function transferChunks(transfer: BodyTransfer): Promise<void> {
  const { from, to, peer, keepChunks, passed } = transfer;
  const decoder = new ChunkedDecoder(peer, transfer.fieldsMax);
  using buffer = new AdaptiveBuffer(transfer.pool, SMALL_BYTES);
  let head = takePrefix(transfer);
  if (from.length === 0) {
    await writeAll(to, head);
    head = NOTHING;
  }
  while (!decoder.done) {
    const { bytes } = buffer;
    const space = bytes.subarray(CHUNK_HEAD_ROOM, bytes.length - CHUNK_TAIL_ROOM);
    const count = await readSome(transfer, space);
    if (count === null) throw cutShort(peer);
    const { data, used } = decoder.decode(space.subarray(0, count));
    passed(data);
    if (used < count) from.unread(space.subarray(used, count));
    const piece = keepChunks ? frameChunk(bytes, data) : space.subarray(0, data);
    const end = keepChunks && decoder.done
      ? lastChunk(decoder.trailers, transfer.nominated)
      : NOTHING;
    const whole = joined(head, piece, end);
    head = NOTHING;
    if (whole.length > 0) await writeAll(to, whole);
    buffer.filled(count, space.length);
  }
}

/** The prefix by itself: what comes behind it is changed. */
function takePrefix({ from, prefix }: BodyTransfer): Uint8Array<ArrayBuffer> {
  if (typeof prefix !== "number") return prefix;
  const head = from.buffered.slice(0, prefix);
  from.consume(prefix);
  return head;
}

/** Puts the size before the data and a line end behind it, in the room that was left. Without data nothing. */
function frameChunk(bytes: Uint8Array<ArrayBuffer>, data: number): Uint8Array<ArrayBuffer> {
  if (data === 0) return NOTHING;
  const size = data.toString(16);
  const start = CHUNK_HEAD_ROOM - 2 - size.length;
  for (let i = 0; i < size.length; i++) bytes[start + i] = size.charCodeAt(i);
  const end = CHUNK_HEAD_ROOM + data;
  bytes[CHUNK_HEAD_ROOM - 2] = bytes[end] = CR;
  bytes[CHUNK_HEAD_ROOM - 1] = bytes[end + 1] = LF;
  return bytes.subarray(start, end + 2);
}

function lastChunk(trailers: Fields, nominated: readonly string[]): Uint8Array<ArrayBuffer> {
  const ended = nominated.map(knownAs);
  const lines = trailers.filter((line) => mayBeTrailer(line) && !ended.includes(knownAs(line.key)));
  return latin1Bytes(`0\r\n${fieldLines(lines)}\r\n`);
}

/** What goes out in one write. A part that is alone, as most are, is not copied. */
function joined(
  head: Uint8Array<ArrayBuffer>,
  piece: Uint8Array<ArrayBuffer>,
  end: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const length = head.length + piece.length + end.length;
  if (length === piece.length) return piece;
  if (length === head.length) return head;
  const whole = pooledBytes(length);
  whole.set(head);
  whole.set(piece, head.length);
  whole.set(end, head.length + piece.length);
  return whole;
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
  const message = "Cannot read the body: the connection ended in it";
  return new ProtocolError(
    peer,
    "cut_short",
    message,
    cause === undefined ? undefined : { cause },
  );
}
