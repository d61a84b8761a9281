import { type Contender, type ContenderName, portFor, takesPart } from "./contenders.ts";
import { cpuMs } from "./cpu.ts";
import type { Job, Outcome } from "./job.ts";
import type { Options } from "./options.ts";
import type { Progress } from "./progress.ts";
import type { Sample } from "./results.ts";
import type { Scenario } from "./scenarios.ts";
import type { Load, Origin } from "./workers.ts";

/** What the load begins with, of the time that is counted. */
const RAMP_SHARE = 0.15;
/** What takes longer than it should by so much has waited for something that did not come. */
const LATE_MS = 2000;

/** Everybody who is there. */
export interface Field {
  readonly contenders: readonly Contender[];
  readonly origin: Origin;
  readonly load: Load;
}

/** How many steps {@linkcode measure} has. */
export function measureSteps({ scenarios, rounds }: Options, { contenders }: Field): number {
  const pairs = scenarios.reduce((sum, row) => sum + able(contenders, row).length, 0);
  return pairs * (rounds + 1);
}

/** Goes through the rounds: every row, and in it every contender in turn. */
export async function measure(
  options: Options,
  field: Field,
  progress: Progress,
): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  const givenUp = new Set<string>();
  for (let round = 0; round <= options.rounds; round++) {
    const isWarmUp = round === 0;
    for (const scenario of options.scenarios) {
      // Each round begins with another one: whoever follows a heavy one must not always be the same.
      for (const contender of rotated(able(field.contenders, scenario), round)) {
        const key = `${scenario.title} ${contender.name}`;
        if (givenUp.has(key)) {
          progress.skip();
          continue;
        }
        const ms = isWarmUp ? options.warmUpMs : options.ms;
        const begin = performance.now();
        const { outcome, cpu } = await performed(scenario, contender, field, ms);
        const late = performance.now() - begin - ms;
        progress.step(stepLine(round, options, scenario, contender.name, outcome, cpu));
        // Who is stuck once is not waited for again: the whole must end.
        const isStuck = "failed" in outcome && late > LATE_MS;
        if (isStuck) givenUp.add(key);
        else if (isWarmUp) continue;
        samples.push({ round, scenario: scenario.title, contender: contender.name, outcome, cpu });
      }
    }
  }
  return samples;
}

/** One stretch of load, and the microseconds of all cores that each unit of it took the proxy. */
async function performed(
  scenario: Scenario,
  contender: Contender,
  { origin, load }: Field,
  ms: number,
): Promise<{ readonly outcome: Outcome; readonly cpu: number | null }> {
  const { pid } = contender;
  // Their handshakes come before the time: what the proxy was run for is not only what is counted.
  const isTold = pid !== null &&
    !(scenario.route === "intercepted" && scenario.work === "requests");
  const before = isTold ? await cpuMs(pid) : null;
  const job = jobOf(scenario, contender, origin, ms);
  const outcome = await Promise.race([load.perform(job), origin.lost]);
  const after = isTold ? await cpuMs(pid) : null;
  if (before === null || after === null || "failed" in outcome) return { outcome, cpu: null };
  return { outcome, cpu: 1000 * (after - before) / outcome.work };
}

/** The job that a row is for one contender. */
export function jobOf(scenario: Scenario, contender: Contender, origin: Origin, ms: number): Job {
  const { work, route, connections, window } = scenario;
  const ways = { origin: origin.ports, proxy: portFor(contender, route), ca: contender.ca };
  return { work, route, connections, window, ms, rampMs: Math.round(RAMP_SHARE * ms), ...ways };
}

function able(contenders: readonly Contender[], row: Scenario): readonly Contender[] {
  return contenders.filter(({ name }) => takesPart(name, row));
}

function rotated<T>(items: readonly T[], by: number): readonly T[] {
  const at = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

function stepLine(
  round: number,
  { rounds }: Options,
  { title, unit }: Scenario,
  name: ContenderName,
  outcome: Outcome,
  cpu: number | null,
): string {
  const stage = round === 0 ? "warm-up  " : `round ${round}/${rounds}`;
  const result = "failed" in outcome
    ? `failed: ${outcome.failed}`
    : `${Math.round(outcome.rate).toLocaleString("en-US")} ${unit}${
      cpu === null ? "" : `, ${cpu.toFixed(1)} µs each`
    }${outcome.faults === 0 ? "" : `, ${outcome.faults} failed: ${outcome.fault}`}`;
  return `${stage}  ${title.padEnd(44)}  ${name.padEnd(15)}  ${result}`;
}
