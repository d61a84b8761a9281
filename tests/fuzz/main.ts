// `deno task fuzz`: every parser of what somebody else wrote, fed with a million inputs that are nearly right.
import { escaped, readCorpus } from "./corpus.ts";
import type { Answer, Job } from "./job.ts";
import { makeInput } from "./make_input.ts";
import { type Options, readOptions, USAGE } from "./options.ts";
import type { FuzzTarget } from "./target.ts";
import { TARGETS } from "./targets.ts";

const EXIT_FAULT = 1;
const EXIT_USAGE = 2;

const LOOK_MS = 1000;
/** A parser that is busy with one input for so long will be for ever. */
const STUCK_MS = 20_000;
const TOLD_EVERY_MS = 10_000;
/** A longer input is not shown whole: its seed makes it again. */
const SHOWN_MAX = 4000;

/** What came of one parser. */
interface Result extends Answer {
  readonly parser: string;
}

async function run(options: Options): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const target of TARGETS) {
    if (!options.parsers.includes(target.name)) continue;
    const result = { parser: target.name, ...await feed(target, options) };
    results.push(result);
    progress(line(result));
  }
  return results;
}

/** One parser, in a worker. */
async function feed(target: FuzzTarget, { seed, inputs, seconds }: Options): Promise<Answer> {
  const begun = new Int32Array(new SharedArrayBuffer(4));
  const all = Math.ceil(inputs / (target.oneIn ?? 1));
  const job: Job = { parser: target.name, seed, inputs: all, seconds, begun };
  const worker = new Worker(new URL("worker.ts", import.meta.url), { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  worker.onmessage = ({ data }: MessageEvent<Answer>) => resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(`Cannot feed ${target.name}: ${event.message}`));
  };
  const start = performance.now();
  const watch = setInterval(
    watcher(target.name, begun, () => {
      const done = Atomics.load(begun, 0);
      stuck(target, seed + done - 1).then(
        (fault) => resolve({ inputs: done, ms: performance.now() - start, fault }),
        reject,
      );
    }),
    LOOK_MS,
  );
  worker.postMessage(job);
  try {
    return await promise;
  } finally {
    clearInterval(watch);
    worker.terminate();
  }
}

/** Looks how far a worker has come; calls when it stands still. */
function watcher(name: string, begun: Int32Array, onStuck: () => void): () => void {
  let last = -1;
  let still = 0;
  let looks = 0;
  return () => {
    const now = Atomics.load(begun, 0);
    looks += 1;
    still = now === last ? still + 1 : 0;
    last = now;
    if (still * LOOK_MS >= STUCK_MS) onStuck();
    else if (looks * LOOK_MS % TOLD_EVERY_MS === 0) progress(`${name}: ${now} inputs so far`);
  };
}

/** The fault of an input that never ends. It cannot be made smaller: each try would not end either. */
async function stuck(target: FuzzTarget, seed: number) {
  const input = makeInput(target, await readCorpus(target.name), seed);
  return { seed, input, error: `it has not ended after ${STUCK_MS / 1000} seconds` };
}

function line({ parser, inputs, ms, fault }: Result): string {
  const faults = fault === null ? "no fault" : "1 fault";
  const each = inputs === 0 ? "" : `, ${(ms * 1000 / inputs).toFixed(1)} us each`;
  return `${parser.padEnd(16)} ${String(inputs).padStart(9)} inputs  ${
    (ms / 1000).toFixed(1).padStart(6)
  } s${each}  ${faults}`;
}

/** What failed, and how to see it again. */
function faultLines({ parser, fault }: Result): readonly string[] {
  if (fault === null) return [];
  const again = fault.seed === null
    ? `it stands in tests/fuzz/corpus/${parser}.txt`
    : `deno task fuzz --parser ${parser} --seed ${fault.seed} --inputs 1`;
  return [`\n${parser}: ${fault.error}`, `input: ${shown(fault.input)}`, `again: ${again}`];
}

function shown(input: string): string {
  const text = escaped(input);
  return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX)} and more`;
}

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

function progress(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}

/** Runs it all and prints what came of it. Resolves to the exit code. */
async function main(options: Options): Promise<number> {
  progress(`fuzz: seed ${options.seed}`);
  const results = await run(options);
  if (options.json) print(JSON.stringify({ options, results }, null, 2));
  else {
    results.forEach((result) => print(line(result)));
    results.flatMap(faultLines).forEach(print);
  }
  return results.some(({ fault }) => fault !== null) ? EXIT_FAULT : 0;
}

if (import.meta.main) {
  const anySeed = crypto.getRandomValues(new Uint32Array(1))[0]! >>> 1;
  const options = Deno.args.includes("--help") ? null : readOptions(Deno.args, anySeed);
  if (options === null) print(USAGE);
  else if (typeof options === "string") {
    progress(`fuzz: ${options}\n\n${USAGE}`);
    Deno.exitCode = EXIT_USAGE;
  } else {
    // A thread that hangs in the engine itself does not end when it is told to, and would keep us.
    Deno.exit(await main(options));
  }
}
