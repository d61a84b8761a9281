import type { BufferedReader } from "../../net/stream/buffered_reader.ts";
import { ProtocolError } from "../../net/errors.ts";
import { ChunkedDecoder } from "../chunked.ts";
import type { Fields } from "../fields.ts";
import type { Framing } from "../framing.ts";

/** What is read at first, and what at once when there is much. */
const SMALL_BYTES = 2 * 1024;
const BULK_BYTES = 16 * 1024;
const NOTHING: Fields = [];

/** Whose message it is, and how it is framed. */
export interface DecodeOptions {
  readonly framing: Framing;
  readonly peer: "client" | "upstream";
  readonly fieldsMax: number;
}

/**
 * Takes the data of a body of HTTP/1.1 out of its framing. Each piece is the writer's to keep, as the runtime does
 * until it is sent. Resolves to the trailers.
 *
 * @throws {ProtocolError} when the bytes are wrong, or end too early
 */
export async function decodeBody(
  reader: BufferedReader,
  { framing, peer, fieldsMax }: DecodeOptions,
  write: (data: Uint8Array) => Promise<unknown>,
): Promise<Fields> {
  if (framing.kind === "none") return NOTHING;
  const decoder = framing.kind === "chunked" ? new ChunkedDecoder(peer, fieldsMax) : null;
  let left = framing.kind === "length" ? framing.length : Infinity;
  let step = SMALL_BYTES;
  while (left > 0 && decoder?.done !== true) {
    const space = new Uint8Array(Math.min(step, left));
    const count = await reader.read(space);
    if (count === null) {
      if (framing.kind === "close") break;
      throw new ProtocolError(peer, "cut_short", "Cannot read the body: it ended early");
    }
    left -= count;
    if (count === SMALL_BYTES) step = BULK_BYTES;
    const piece = space.subarray(0, count);
    if (decoder === null) {
      await write(piece);
      continue;
    }
    const { data, used } = decoder.decode(piece);
    if (data > 0) await write(piece.subarray(0, data));
    if (used < count) reader.unread(piece.subarray(used));
  }
  return decoder?.trailers ?? NOTHING;
}
