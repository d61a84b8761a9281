import { unlessAborted } from "../../net/time/unless_aborted.ts";

/** Runs a step once all before it are over. Rejects with the signal's reason if that is aborted before. */
export type Turns = <T>(step: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/** Makes a queue in which one step runs at a time, in the order they came. */
export function turns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return async (step, signal) => {
    const before = last;
    const { promise: over, resolve } = Promise.withResolvers<void>();
    // Who gives up waiting does not let the next one in before its turn.
    last = Promise.all([before, over]);
    try {
      await unlessAborted(before, signal);
      signal.throwIfAborted();
      return await step();
    } finally {
      resolve();
    }
  };
}
