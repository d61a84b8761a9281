// `deno task profile`: where the time of Doorward goes in one row of the bench, function by function. Says nothing
// about how fast it is, for to be looked at costs time: that is the bench.
import { makeAuthority } from "../support/authority.ts";
import { Devtools } from "../support/devtools.ts";
import { makeScratch } from "../support/scratch.ts";
import type { Children } from "./child.ts";
import { CONTENDERS, doorwardAmong, takesPart } from "./contenders.ts";
import { busyShare, type CpuProfile, selfTimes, selfTimeTable } from "./cpu_profile.ts";
import { jobOf } from "./measure.ts";
import { compileNative } from "./native.ts";
import { needsNative } from "./native_load.ts";
import { PROFILE_USAGE, type ProfileOptions, readProfileOptions } from "./profile_options.ts";
import { startContender } from "./start_contender.ts";
import { untilSignal } from "./until_signal.ts";
import { startLoad, startOrigin } from "./workers.ts";

const EXIT_USAGE = 2;
/** What compiles as it runs has compiled by then. */
const WARM_UP_MS = 2000;
/** How long each sample stands for. */
const SAMPLE_MICROSECONDS = 200;
/** The profiler begins and ends within the load: it sees nothing but that. */
const MARGIN_MS = 500;

/** Runs it, prints the functions, and writes the file. */
async function profile(options: ProfileOptions, children: Children): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(await makeScratch());
  const { scenario, seconds, top, out } = options;
  const compiled = await compileNative(`${scratch.folder}/native`);
  if ("missing" in compiled && needsNative(scenario)) throw new Error(compiled.missing);
  const native = "missing" in compiled ? null : compiled;
  const authority = await makeAuthority(["DNS:localhost"], scratch);
  const origin = stack.use(await startOrigin(authority, children, native));
  const load = stack.use(startLoad(children, native));
  const place = {
    folder: `${scratch.folder}/doorward`,
    originCaFile: authority.caFile,
    inspectorPort: freePort(),
  };
  const name = doorwardAmong(CONTENDERS.filter((name) => takesPart(name, scenario)));
  const doorward = await startContender(name ?? "doorward", place, children);
  if ("missing" in doorward) throw new Error(doorward.missing);
  stack.use(doorward);
  const { title, unit } = scenario;
  await load.perform(jobOf(scenario, doorward, origin, WARM_UP_MS));
  const url = await inspectorUrl(place.inspectorPort);
  const profiling = record(url, seconds);
  const outcome = await load.perform(
    jobOf(scenario, doorward, origin, seconds * 1000 + 2 * MARGIN_MS),
  );
  const taken = await profiling;
  if ("failed" in outcome) throw new Error(`Cannot profile "${title}": ${outcome.failed}`);
  await Deno.writeTextFile(out, JSON.stringify(taken));
  print(selfTimeTable(selfTimes(taken), top));
  print(
    `\n${title}: ${
      Math.round(outcome.rate).toLocaleString("en-US")
    } ${unit} while profiled, busy ` +
      `${(100 * busyShare(taken)).toFixed(0)} % of ${seconds} s; the profile is in ${out}\n`,
  );
}

/** Profiles the process behind the inspector while the load is on. */
async function record(url: string, seconds: number): Promise<CpuProfile> {
  await using devtools = await Devtools.connect(url);
  await devtools.call("Profiler.enable");
  await devtools.call("Profiler.setSamplingInterval", { interval: SAMPLE_MICROSECONDS });
  await wait(MARGIN_MS);
  await devtools.call("Profiler.start");
  await wait(seconds * 1000);
  const { profile } = await devtools.call("Profiler.stop");
  return profile as CpuProfile;
}

/** Where the only page of an inspector listens to DevTools. */
async function inspectorUrl(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/json/list`);
  const [page] = await response.json();
  return page.webSocketDebuggerUrl;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

function complain(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}

if (import.meta.main) {
  const temporary = Deno.env.get("TMPDIR") ?? "/tmp";
  const options = Deno.args.includes("--help") ? null : readProfileOptions(Deno.args, temporary);
  if (options === null) {
    print(PROFILE_USAGE);
  } else if (typeof options === "string") {
    complain(`profile: ${options}\n\n${PROFILE_USAGE}`);
    Deno.exitCode = EXIT_USAGE;
  } else {
    Deno.exitCode = await untilSignal(async (children) => {
      await profile(options, children);
      return 0;
    }, () => complain("profile: ended by a signal\n"));
  }
}
