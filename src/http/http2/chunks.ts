import type { ByteStream } from "../../net/stream/stream.ts";
import { latin1Bytes } from "../../net/stream/latin1.ts";
import type { Fields } from "../fields.ts";
import { fieldLines } from "../write_head.ts";

/** What becomes a chunk: little until there is much. */
const SMALL_BYTES = 2 * 1024;
const BULK_BYTES = 16 * 1024;

/** A body of HTTP/2 as the one of a message of HTTP/1.1. */
export interface BodyBytes {
  readonly head: Uint8Array;
  /** Null where there is no body. */
  readonly body: Pick<ByteStream, "read"> | null;
  /** Whether the head announces chunks, and not a length. */
  readonly isChunked: boolean;
  /** Asked once the body has ended. */
  readonly trailers: () => Fields;
}

/** The bytes of a message of HTTP/1.1, read piece by piece. Resolves to null behind its last. */
export function messageBytes(
  { head, body, isChunked, trailers }: BodyBytes,
): Pick<ByteStream, "read"> {
  let rest = head;
  let isOver = body === null;
  let space = new Uint8Array(isChunked ? SMALL_BYTES : 0);
  const nextChunk = async (from: Pick<ByteStream, "read">): Promise<Uint8Array> => {
    const count = await from.read(space);
    if (count === null) {
      isOver = true;
      return latin1Bytes(`0\r\n${fieldLines(trailers())}\r\n`);
    }
    const whole = chunk(space.subarray(0, count));
    if (count === SMALL_BYTES) space = new Uint8Array(BULK_BYTES);
    return whole;
  };
  return {
    async read(into: Uint8Array): Promise<number | null> {
      while (rest.length === 0) {
        if (isOver || body === null) return null;
        if (!isChunked) return await body.read(into);
        rest = await nextChunk(body);
      }
      const taken = rest.subarray(0, into.length);
      into.set(taken);
      rest = rest.subarray(taken.length);
      return taken.length;
    },
  };
}

function chunk(data: Uint8Array): Uint8Array {
  const size = latin1Bytes(`${data.length.toString(16)}\r\n`);
  const whole = new Uint8Array(size.length + data.length + 2);
  whole.set(size);
  whole.set(data, size.length);
  whole.set([0x0d, 0x0a], size.length + data.length);
  return whole;
}
