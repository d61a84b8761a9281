// Mixed traffic for a while, and what Doorward is meanwhile.
import type { Random } from "../support/random.ts";
import { seededRandom } from "../support/random.ts";
import { type Bound, judge, type Point } from "./growth.ts";
import { type Sample, sample } from "./sample.ts";
import type { Scene } from "./scene.ts";
import { Visit } from "./visit.ts";
import { type Kind, KINDS } from "./visits.ts";

/** One line of the table. */
export interface Line extends Sample {
  readonly second: number;
  /** Since the line before. */
  readonly requests: number;
  readonly errors: number;
}

/** What a run came to. */
export interface Verdicts {
  readonly lines: readonly string[];
  readonly ok: boolean;
}

const CLIENTS = 24;
/** The most that a client rests between two visits. */
const REST_MS = 60;
/** A visit that takes longer hangs. */
const VISIT_MS = 15_000;
const LINE_MS = 10_000;
const RELOAD_MS = 3000;
/** How many different errors are told. */
const ERRORS_TOLD = 10;

/** What may grow so much a minute, once it has run for half the time: the noise of a heap that is collected. */
const RSS: Bound = { what: "MiB of memory", perMinuteMax: 1.5 };
const DESCRIPTORS: Bound = { what: "descriptors", perMinuteMax: 1 };

interface Told {
  requests: number;
  errors: number;
  /** Every error with how often it came. */
  readonly kinds: Map<string, number>;
}

/** Runs it. Each line goes to `tell` as it comes. */
export async function mix(
  scene: Scene,
  { minutes, seed }: { readonly minutes: number; readonly seed: number },
  tell: (line: Line) => void,
): Promise<Verdicts> {
  const told: Told = { requests: 0, errors: 0, kinds: new Map() };
  const end = performance.now() + minutes * 60_000;
  const clients = Array.from(
    { length: CLIENTS },
    (_, index) => visitUntil(end, scene, seededRandom(seed * 1000 + index), told),
  );
  const measured = await Promise.race([
    Promise.all([measure(end, scene, told, tell), reloads(end, scene), ...clients]),
    scene.lost,
  ]);
  const lines = measured[0] as readonly Line[];
  const verdicts = [
    judge(RSS, lines.map((line) => point(line, line.rssMib))),
    judge(DESCRIPTORS, lines.map((line) => point(line, line.descriptors))),
  ];
  return {
    lines: [...verdicts.map(({ line }) => line), ...errorLines(told)],
    ok: verdicts.every(({ ok }) => ok),
  };
}

function point({ second }: Line, value: number): Point {
  return { minute: second / 60, value };
}

async function measure(
  end: number,
  scene: Scene,
  told: Told,
  tell: (line: Line) => void,
): Promise<readonly Line[]> {
  const start = performance.now();
  const lines: Line[] = [];
  let last = { requests: 0, errors: 0 };
  while (performance.now() + LINE_MS <= end + LINE_MS / 2) {
    await rest(LINE_MS);
    const { requests, errors } = told;
    const line: Line = {
      second: Math.round((performance.now() - start) / 1000),
      ...await sample(scene),
      requests: requests - last.requests,
      errors: errors - last.errors,
    };
    last = { requests, errors };
    lines.push(line);
    tell(line);
  }
  return lines;
}

async function reloads(end: number, scene: Scene): Promise<void> {
  while (performance.now() < end) {
    await rest(RELOAD_MS);
    await scene.reload();
  }
}

async function visitUntil(end: number, scene: Scene, random: Random, told: Told): Promise<void> {
  while (performance.now() < end) {
    const kind = pick(random);
    const visit = new Visit(scene, random);
    let isLate = false;
    const late = setTimeout(() => {
      isLate = true;
      visit.leave();
    }, VISIT_MS);
    try {
      told.requests += await kind.run(visit);
      // Those who are to be cut off take that for a good end.
      if (isLate) count(told, `${kind.name}: it did not end`);
    } catch (error) {
      const why = error instanceof Error ? error.message : error;
      count(told, `${kind.name}: ${isLate ? "it did not end" : why}`);
    } finally {
      clearTimeout(late);
      visit.leave();
    }
    await rest(random.below(REST_MS));
  }
}

function count(told: Told, what: string): void {
  told.errors += 1;
  told.kinds.set(what, (told.kinds.get(what) ?? 0) + 1);
}

function pick(random: Random): Kind {
  let at = random.below(100);
  return KINDS.find(({ share }) => (at -= share) < 0)!;
}

function errorLines({ kinds }: Told): readonly string[] {
  const all = [...kinds].sort(([, a], [, b]) => b - a).slice(0, ERRORS_TOLD);
  return all.map(([what, count]) => `error, ${count} times: ${what}`);
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
