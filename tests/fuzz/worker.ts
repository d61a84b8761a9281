// Feeds one parser, on a thread of its own: an input on which it never ends must not stop whoever watches.
import { readCorpus } from "./corpus.ts";
import { fuzz } from "./fuzz.ts";
import type { Answer, Job } from "./job.ts";
import { TARGETS } from "./targets.ts";

/** The thread's end of the line to whoever started it. */
interface Scope {
  onmessage: ((event: { readonly data: Job }) => void) | null;
  postMessage(answer: Answer): void;
}

async function perform({ parser, seed, inputs, seconds, begun }: Job): Promise<Answer> {
  const target = TARGETS.find(({ name }) => name === parser)!;
  const corpus = await readCorpus(parser);
  const start = performance.now();
  const goesOn = (done: number) => {
    Atomics.store(begun, 0, done + 1);
    return done % 256 !== 0 || performance.now() - start < seconds * 1000;
  };
  const fuzzed = await fuzz(target, corpus, { seed, inputs, goesOn });
  return { ...fuzzed, ms: performance.now() - start };
}

const scope = self as unknown as Scope;
scope.onmessage = async ({ data }) => scope.postMessage(await perform(data));
