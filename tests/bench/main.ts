// `deno task bench`: Doorward beside a direct connection and other proxies, on this machine, in one run.
// Measures what a program behind the proxy would notice; says nothing about one function: that is `deno task profile`.
import { makeAuthority } from "../support/authority.ts";
import { makeScratch } from "../support/scratch.ts";
import type { Children } from "./child.ts";
import { type Contender, CONTENDERS, takesPart } from "./contenders.ts";
import { GOALS } from "./goals.ts";
import { judge } from "./judge.ts";
import { measure, measureSteps } from "./measure.ts";
import { compileNative, type Native } from "./native.ts";
import { needsNative } from "./native_load.ts";
import { type Options, readOptions, USAGE } from "./options.ts";
import { Progress, say } from "./progress.ts";
import { faultLines } from "./results.ts";
import { goalTable, studyTables } from "./study_tables.ts";
import { isStudied, study, studySteps } from "./studies.ts";
import { startContender, type StartPlace } from "./start_contender.ts";
import { tables } from "./table.ts";
import { untilSignal } from "./until_signal.ts";
import { findRuntimes, type Runtime } from "./runtimes.ts";
import { startLoad, startOrigin } from "./workers.ts";

const EXIT_USAGE = 2;

/** Runs the bench and prints what came of it. Fails when `children` are ended meanwhile. */
async function bench(wanted: Options, children: Children): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(await makeScratch());
  const native = await compiled(`${scratch.folder}/native`);
  const options = native === null
    ? { ...wanted, scenarios: wanted.scenarios.filter((row) => !needsNative(row)) }
    : wanted;
  const authority = await makeAuthority(["DNS:localhost"], scratch);
  const origin = stack.use(await startOrigin(authority, children, native));
  const load = stack.use(startLoad(children, native));
  const place = {
    folder: scratch.folder,
    originCaFile: authority.caFile,
    ...(native === null ? {} : { nativeFolder: native.folder }),
  };
  const contenders = await startContenders(options, place, children, stack);
  const field = { contenders, origin, load };
  const runtimes = options.studies.includes("start-up") ? await runtimesOf(children) : [];
  const steps = measureSteps(options, field) + studySteps(options, field, runtimes);
  const progress = new Progress(steps);
  const samples = await measure(options, field, progress);
  const studied = await study(options, field, runtimes, progress);
  const goals = judge(GOALS, { samples, ...studied });
  const machine = machineLine();
  const names = contenders.map(({ name }) => name);
  const parts = [
    tables(samples, options.scenarios, names),
    studyTables(studied),
    goalTable(goals),
    `${machine}; medians of ${options.rounds} interleaved rounds of ${options.ms} ms.\n`,
    faultLines(samples).map((line) => `${line}\n`).join(""),
  ];
  const text = parts.filter((part) => part !== "").join("\n");
  if (!options.json) return print(text);
  // A quarter of an hour is too long to have only one of them.
  say(text);
  const versions = Object.fromEntries(contenders.map(({ name, version }) => [name, version]));
  print(`${JSON.stringify({ machine, options, versions, samples, ...studied, goals }, null, 2)}\n`);
}

async function compiled(folder: string): Promise<Native | null> {
  const native = await compileNative(folder);
  if (!("missing" in native)) return native;
  say(native.missing);
  return null;
}

/** Those that are there; says which are not. */
async function runtimesOf(children: Children): Promise<readonly Runtime[]> {
  const { found, missing } = await findRuntimes(children);
  missing.forEach((name) => say(`${name}: left out, it is not installed`));
  return found;
}

/** Starts everybody who is there, and says who is not. */
async function startContenders(
  { scenarios, studies }: Options,
  place: StartPlace,
  children: Children,
  stack: AsyncDisposableStack,
): Promise<readonly Contender[]> {
  const wanted = CONTENDERS.filter((name) =>
    scenarios.some((row) => takesPart(name, row)) || studies.some((study) => isStudied(name, study))
  );
  // All at once: some are fetched first.
  const started = await Promise.allSettled(wanted.map(async (name) => {
    const own = { ...place, folder: `${place.folder}/${name}` };
    const contender = await startContender(name, own, children);
    return "missing" in contender ? contender : stack.use(contender);
  }));
  return started.flatMap((result) => {
    if (result.status === "rejected") throw result.reason;
    const contender = result.value;
    if ("missing" in contender) {
      say(contender.missing);
      return [];
    }
    if (contender.version !== "") say(`${contender.name}: ${contender.version}`);
    return [contender];
  });
}

function machineLine(): string {
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, ${navigator.hardwareConcurrency} cores, ${Deno.build.os}, Deno ${Deno.version.deno}`;
}

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

if (import.meta.main) {
  const options = Deno.args.includes("--help") ? null : readOptions(Deno.args);
  if (options === null) {
    print(USAGE);
  } else if (typeof options === "string") {
    say(`bench: ${options}\n\n${USAGE}`);
    Deno.exitCode = EXIT_USAGE;
  } else {
    Deno.exitCode = await untilSignal(async (children) => {
      await bench(options, children);
      return 0;
    }, () => say("bench: ended by a signal"));
  }
}
