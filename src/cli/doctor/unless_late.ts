import type { Deadlines } from "../../net/time/deadlines.ts";
import { unlessAborted } from "../../net/time/unless_aborted.ts";
import { within } from "../../net/time/within.ts";

const NEVER = new AbortController().signal;

/**
 * What a step comes to; null where it takes longer. Its signal is aborted then, and one that heeds none is waited for no
 * more. Rejects as the step does.
 */
export async function unlessLate<T extends object>(
  deadlines: Deadlines,
  ms: number,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  const late = new Error("Cannot wait any longer");
  const step = (signal: AbortSignal) => unlessAborted(run(signal), signal);
  try {
    return await within(deadlines, ms, NEVER, step, () => late);
  } catch (error) {
    if (error === late) return null;
    throw error;
  }
}
