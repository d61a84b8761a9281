import type { Clock } from "../net/ports.ts";
import type { ByteStream } from "../net/stream/stream.ts";

/** How long to wait for a pipe that another program has made non-blocking. */
const PIPE_MS = 20;

/**
 * Standard input and output as one connection. Its end, once it is closed, ends a read under way, too: nobody
 * waits for input that has nowhere to go.
 */
export function standardStream(
  stdin: Pick<ByteStream, "read">,
  stdout: Pick<ByteStream, "write">,
  clock: Clock,
): ByteStream {
  const over = new AbortController();
  // Of the read under way. One promise for all reads would keep hold of each of them until the end.
  let endRead = (): void => {};
  const end = (): void => {
    endRead();
    over.abort();
  };
  const read = (into: Uint8Array): Promise<number | null> => {
    if (over.signal.aborted) return Promise.resolve(null);
    const { promise, resolve, reject } = Promise.withResolvers<number | null>();
    endRead = () => resolve(null);
    // Of what comes, or fails, after the end nobody is to know.
    patiently(() => stdin.read(into), clock, over.signal).then(resolve, reject);
    return promise;
  };
  return {
    read,
    write: (bytes) => patiently(() => stdout.write(bytes), clock, over.signal),
    closeWrite: () => Promise.resolve(end()),
    close: end,
  };
}

/** Tries again while the pipe is empty, or full. */
async function patiently<T>(step: () => Promise<T>, clock: Clock, over: AbortSignal): Promise<T> {
  while (true) {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      await clock.wait(PIPE_MS, over);
    }
  }
}
