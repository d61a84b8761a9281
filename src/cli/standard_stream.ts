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
  const ended = Promise.withResolvers<null>();
  const end = (): void => {
    over.abort();
    ended.resolve(null);
  };
  const read = (into: Uint8Array): Promise<number | null> => {
    if (over.signal.aborted) return ended.promise;
    const reading = patiently(() => stdin.read(into), clock, over.signal);
    reading.catch(() => {
      // Of what fails after the end nobody is to know.
    });
    return Promise.race([reading, ended.promise]);
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
