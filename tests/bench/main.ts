// `deno task bench`: Doorward beside a direct connection and other proxies, on this machine, in one run.
// Measures what a program behind the proxy would notice; says nothing about one function (no micro-benchmarks).
import { makeAuthority } from "../support/authority.ts";
import { makeScratch } from "../support/scratch.ts";
import type { Children } from "./child.ts";
import {
  type Contender,
  CONTENDERS,
  offers,
  portFor,
  startContender,
  type StartPlace,
} from "./contenders.ts";
import type { Job, Outcome } from "./job.ts";
import { type Options, readOptions, USAGE } from "./options.ts";
import { faultLines, type Sample } from "./results.ts";
import type { Scenario } from "./scenarios.ts";
import { tables } from "./table.ts";
import { untilSignal } from "./until_signal.ts";
import { type Load, type Origin, startLoad, startOrigin } from "./workers.ts";

const EXIT_USAGE = 2;

/** Runs the bench and prints what came of it. Fails when `children` are ended meanwhile. */
async function bench(options: Options, children: Children): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(await makeScratch());
  const authority = await makeAuthority(["DNS:localhost"], scratch);
  const origin = stack.use(await startOrigin(authority, children));
  const load = stack.use(startLoad(children));
  const place = { folder: scratch.folder, originCaFile: authority.caFile };
  const contenders = await startContenders(options, place, children, stack);
  const samples = await measure(options, contenders, origin, load);
  const names = contenders.map(({ name }) => name);
  const machine = machineLine();
  if (options.json) {
    const versions = Object.fromEntries(contenders.map(({ name, version }) => [name, version]));
    print(`${JSON.stringify({ machine, options, versions, samples }, null, 2)}\n`);
  } else {
    print(tables(samples, options.scenarios, names));
    print(`\n${machine}; medians of ${options.rounds} interleaved rounds of ${options.ms} ms.\n`);
    for (const line of faultLines(samples)) print(`${line}\n`);
  }
}

/** Starts everybody who is there, and says who is not. */
async function startContenders(
  { scenarios }: Options,
  { folder, originCaFile }: StartPlace,
  children: Children,
  stack: AsyncDisposableStack,
): Promise<readonly Contender[]> {
  const contenders: Contender[] = [];
  for (const name of CONTENDERS) {
    if (!scenarios.some(({ route }) => offers(name, route))) continue;
    const place = { folder: `${folder}/${name}`, originCaFile };
    const contender = await startContender(name, place, children);
    if ("missing" in contender) {
      progress(contender.missing);
      continue;
    }
    contenders.push(stack.use(contender));
    if (contender.version !== "") progress(`${name}: ${contender.version}`);
  }
  return contenders;
}

async function measure(
  options: Options,
  contenders: readonly Contender[],
  origin: Origin,
  load: Load,
): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  const givenUp = new Set<string>();
  for (let round = 0; round <= options.rounds; round++) {
    const isWarmUp = round === 0;
    const ms = isWarmUp ? options.warmUpMs : options.ms;
    for (const scenario of options.scenarios) {
      const able = contenders.filter(({ name }) => offers(name, scenario.route));
      // Each round begins with another one: whoever follows a heavy one must not always be the same.
      for (const contender of rotated(able, round)) {
        const key = `${scenario.title} ${contender.name}`;
        if (givenUp.has(key)) continue;
        const outcome = await Promise.race([
          load.perform(jobOf(scenario, contender, origin, ms)),
          origin.lost,
        ]);
        progress(progressLine(round, options, scenario, contender, outcome));
        // Who is stuck once is not waited for again: the whole must end.
        if ("failed" in outcome) givenUp.add(key);
        else if (isWarmUp) continue;
        samples.push({ round, scenario: scenario.title, contender: contender.name, outcome });
      }
    }
  }
  return samples;
}

function jobOf(scenario: Scenario, contender: Contender, origin: Origin, ms: number): Job {
  const { work, route, connections, window } = scenario;
  const proxy = portFor(contender, route);
  const { ca } = contender;
  return { work, route, connections, window, ms, origin: origin.ports, proxy, ca };
}

function rotated<T>(items: readonly T[], by: number): readonly T[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

function progressLine(
  round: number,
  { rounds }: Options,
  { title, unit }: Scenario,
  { name }: Contender,
  outcome: Outcome,
): string {
  const stage = round === 0 ? "warm-up" : `round ${round}/${rounds}`;
  const result = "failed" in outcome
    ? `failed: ${outcome.failed}`
    : `${Math.round(outcome.rate).toLocaleString("en-US")} ${unit}${
      outcome.faults === 0 ? "" : `, ${outcome.faults} failed: ${outcome.fault}`
    }`;
  return `${stage}  ${title.padEnd(39)}  ${name.padEnd(10)}  ${result}`;
}

function machineLine(): string {
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, ${navigator.hardwareConcurrency} cores, ${Deno.build.os}, Deno ${Deno.version.deno}`;
}

/** Runs the bench until it is done, or until a signal asks for the end. Resolves to the exit code. */
function benchUntilSignal(options: Options): Promise<number> {
  return untilSignal(async (children) => {
    await bench(options, children);
    return 0;
  }, () => progress("bench: ended by a signal"));
}

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

function progress(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

if (import.meta.main) {
  const options = Deno.args.includes("--help") ? null : readOptions(Deno.args);
  if (options === null) {
    print(USAGE);
  } else if (typeof options === "string") {
    progress(`bench: ${options}\n\n${USAGE}`);
    Deno.exitCode = EXIT_USAGE;
  } else {
    Deno.exitCode = await benchUntilSignal(options);
  }
}
