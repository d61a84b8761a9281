import { AdaptiveBuffer } from "./adaptive_buffer.ts";
import type { BufferPool } from "./buffer_pool.ts";
import { type ByteStream, writeAll } from "./stream.ts";

/** What a direction waits with: ten thousand idle tunnels hold 20 MiB of it. */
const SMALL_BYTES = 1024;

/** One end of a relay. */
export interface RelayEnd {
  /** Where its bytes come from: the stream itself, or a reader that holds the first of them. */
  readonly source: Pick<ByteStream, "read">;
  readonly stream: ByteStream;
}

/** What a relay has passed on so far, in bytes. */
export interface RelayMeter {
  /** From the client. */
  up: number;
  /** To the client. */
  down: number;
  /** Called after each read, to put off an idle limit. */
  readonly touch: () => void;
}

/**
 * Carries bytes both ways until both sides have finished, then closes both streams. The end of one side is
 * passed on as such (half-close) while the other goes on; an error on either ends both. Resolves to whether both
 * have finished.
 *
 * @param meter counts what was passed on
 */
export async function relay(
  client: RelayEnd,
  upstream: RelayEnd,
  pool: BufferPool,
  meter: RelayMeter,
): Promise<boolean> {
  const closeBoth = () => {
    client.stream.close();
    upstream.stream.close();
  };
  let finished = 0;
  const oneWay = async (from: RelayEnd, to: RelayEnd): Promise<void> => {
    const isUp = from === client;
    using buffer = new AdaptiveBuffer(pool, SMALL_BYTES);
    try {
      while (true) {
        const { bytes } = buffer;
        const count = await from.source.read(bytes);
        if (count === null) break;
        meter.touch();
        const piece = count === bytes.length ? bytes : bytes.subarray(0, count);
        const written = await to.stream.write(piece);
        if (written < count) await writeAll(to.stream, piece.subarray(written));
        if (isUp) meter.up += count;
        else meter.down += count;
        buffer.filled(count, bytes.length);
      }
      finished += 1;
      // When both have, the connections are closed, which says the same: one system call less.
      if (finished === 1) await to.stream.closeWrite();
    } catch {
      // Reset, or closed by the other direction or by a limit: what is left cannot be delivered.
      closeBoth();
    }
  };
  await Promise.all([oneWay(client, upstream), oneWay(upstream, client)]);
  closeBoth();
  return finished === 2;
}
