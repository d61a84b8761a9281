import { makeInput } from "./make_input.ts";
import { shrink } from "./shrink.ts";
import type { FuzzTarget } from "./target.ts";

/** An input for which something does not hold. */
export interface Fault {
  /** Makes the input again, as the first of a run; null for one of the corpus. */
  readonly seed: number | null;
  /** The input, less what could be left out. */
  readonly input: string;
  /** What was thrown. */
  readonly error: string;
}

/** What a run has come to. */
export interface Fuzzed {
  readonly inputs: number;
  /** The first there was: a run ends with it. */
  readonly fault: Fault | null;
}

/** How far a run goes. */
export interface Extent {
  readonly seed: number;
  readonly inputs: number;
  /** Asked before each input, with the number of those before it: whether to go on. */
  readonly goesOn?: (done: number) => boolean;
}

/** Checks all of the corpus, and then so many inputs: that of the seed, that of the next seed, and so on. */
export async function fuzz(
  target: FuzzTarget,
  corpus: readonly string[],
  { seed, inputs, goesOn = () => true }: Extent,
): Promise<Fuzzed> {
  for (const input of corpus) {
    const error = await errorOf(target, input);
    if (error !== null) return { inputs: 0, fault: await faultOf(target, input, null) };
  }
  let done = 0;
  for (; done < inputs && goesOn(done); done++) {
    const input = makeInput(target, corpus, seed + done);
    try {
      const checking = target.check(input);
      // Most are done at once, and waiting would take longer than they do.
      if (checking !== undefined) await checking;
    } catch {
      return { inputs: done, fault: await faultOf(target, input, seed + done) };
    }
  }
  return { inputs: done, fault: null };
}

async function faultOf(target: FuzzTarget, found: string, seed: number | null): Promise<Fault> {
  const input = await shrink(found, async (shorter) => await errorOf(target, shorter) !== null);
  return { seed, input, error: await errorOf(target, input) ?? "it failed once, and not again" };
}

async function errorOf(target: FuzzTarget, input: string): Promise<string | null> {
  try {
    await target.check(input);
    return null;
  } catch (error) {
    return error instanceof Error ? error.stack ?? error.message : String(error);
  }
}
