import { seededRandom } from "../support/random.ts";
import { mutated } from "./mutate.ts";
import type { FuzzTarget } from "./target.ts";

/** The input of a seed: by grammar or out of the corpus, and mostly with a few things done to it. */
export function makeInput(target: FuzzTarget, corpus: readonly string[], seed: number): string {
  const random = seededRandom(seed);
  const base = () =>
    corpus.length > 0 && random.below(3) === 0 ? random.pick(corpus) : target.any(random);
  const input = base();
  return random.below(4) === 0 ? input : mutated(random, input, target, base);
}
