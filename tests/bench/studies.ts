import { type Contender, type ContenderName, offers } from "./contenders.ts";
import { type HeldTunnels, holdTunnels, tunnelRoute, tunnelsPossible } from "./idle_tunnels.ts";
import type { Field } from "./measure.ts";
import type { Progress } from "./progress.ts";
import type { Runtime } from "./runtimes.ts";
import { type Starts, summarizeStarts } from "./start_summary.ts";
import { measureStarts } from "./starts.ts";

/** What is measured beside the rows, of processes that are started anew for it. */
export const STUDIES = ["start-up", "idle tunnels"] as const;
/** One of {@linkcode STUDIES}. */
export type Study = typeof STUDIES[number];

/** How much of them is done. */
export interface StudyOptions {
  readonly studies: readonly Study[];
  /** How often each proxy is started. */
  readonly starts: number;
  /** How long those that were started are left alone before their memory is looked at. */
  readonly idleMs: number;
  /** How many idle tunnels each has, one number after the other. */
  readonly tunnels: readonly number[];
  /** How long a process is left alone after they are closed: memory is given back when the collector comes by. */
  readonly closedMs: number;
}

/** What came of them. */
export interface Studied {
  readonly starts: readonly Starts[];
  readonly tunnels: readonly HeldTunnels[];
}

const POLICIES: readonly ContenderName[] = ["rules-10", "rules-1000", "rules-100000"];

/** The studies of which the name has `text` in it, in whatever case. */
export function studiesOf(text: string): readonly Study[] {
  return STUDIES.filter((name) => name.includes(text.toLowerCase()));
}

/** Whether a contender is in a study. */
export function isStudied(name: ContenderName, study: Study): boolean {
  if (study === "idle tunnels") return tunnelRoute(name) !== null;
  if (name === "direct") return false;
  return POLICIES.includes(name) || offers(name, "forward") || offers(name, "socks5") ||
    offers(name, "intercepted");
}

/** How many steps {@linkcode study} has. */
export function studySteps(
  { studies, starts, tunnels }: StudyOptions,
  { contenders, load }: Field,
  runtimes: readonly Runtime[],
): number {
  const count = (study: Study) => studies.includes(study) ? inStudy(contenders, study).length : 0;
  const started = studies.includes("start-up") ? count("start-up") + runtimes.length : 0;
  return started * starts + (load.hold === null ? 0 : count("idle tunnels") * tunnels.length);
}

/** Does them. */
export async function study(
  options: StudyOptions,
  { contenders, origin, load }: Field,
  runtimes: readonly Runtime[],
  progress: Progress,
): Promise<Studied> {
  let starts: readonly Starts[] = [];
  const tunnels: HeldTunnels[] = [];
  if (options.studies.includes("start-up")) {
    const { starts: rounds, idleMs } = options;
    const started = inStudy(contenders, "start-up");
    const who = { contenders: started, runtimes, rounds, idleMs };
    starts = summarizeStarts(await measureStarts(who, origin, progress));
  }
  if (options.studies.includes("idle tunnels") && load.hold !== null) {
    for (const wanted of options.tunnels) {
      const count = await tunnelsPossible(wanted);
      for (const contender of inStudy(contenders, "idle tunnels")) {
        const held = await holdTunnels(contender, count, options.closedMs, {
          load,
          origin,
          progress,
        });
        if (held !== null) tunnels.push(held);
      }
    }
  }
  return { starts, tunnels };
}

function inStudy(contenders: readonly Contender[], study: Study): readonly Contender[] {
  return contenders.filter(({ name }) => isStudied(name, study));
}
