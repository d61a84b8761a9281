import type { Clock } from "../../net/ports.ts";
import type { Output } from "./terminal.ts";

/** How long a reader that does not read may hold us up. */
const PATIENCE_MS = 1000;

/** Waits until everything printed so far has been taken, but not for ever. */
export async function flushInTime(output: Output, clock: Clock): Promise<void> {
  const done = new AbortController();
  const late = clock.wait(PATIENCE_MS, done.signal).catch(() => {
    // Everything was taken in time.
  });
  await Promise.race([output.flush(), late]);
  done.abort();
}
