/** A profile as V8 writes it, and as Chrome opens it (DevTools protocol, Profiler.Profile), as much as is read here. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** Which node was running, time after time. */
  readonly samples: readonly number[];
  /** The microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

/** A function, in one of the ways it was called. */
export interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    /** From nought on. */
    readonly lineNumber: number;
  };
}

/** A function, whoever called it. */
export interface SelfTime {
  readonly name: string;
  /** File and line; empty where there is none. */
  readonly place: string;
  /** Its own time, without those it calls. */
  readonly ms: number;
}

/** What V8 calls the time in which there was nothing to do. */
const IDLE = "(idle)";
const NAME_WIDTH = 40;

/** The own time of each function, most first. Waiting is not among them. */
export function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): readonly SelfTime[] {
  const byId = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const times = new Map<string, SelfTime>();
  for (const [at, id] of samples.entries()) {
    const frame = byId.get(id);
    if (frame === undefined || frame.functionName === IDLE) continue;
    const name = frame.functionName || "(anonymous)";
    const place = frame.url === "" ? "" : `${shortened(frame.url)}:${frame.lineNumber + 1}`;
    const key = `${name} ${place}`;
    const ms = (times.get(key)?.ms ?? 0) + (timeDeltas[at] ?? 0) / 1000;
    times.set(key, { name, place, ms });
  }
  return [...times.values()].sort((a, b) => b.ms - a.ms);
}

/** The share of its time in which a profiled program had something to do. */
export function busyShare(profile: CpuProfile): number {
  const all = profile.timeDeltas.reduce((sum, delta) => sum + delta, 0) / 1000;
  const busy = selfTimes(profile).reduce((sum, { ms }) => sum + ms, 0);
  return all === 0 ? 0 : busy / all;
}

/** The first `count` of them as text: their share of the busy time, milliseconds, name and place. */
export function selfTimeTable(times: readonly SelfTime[], count: number): string {
  const all = times.reduce((sum, { ms }) => sum + ms, 0);
  const line = (share: string, ms: string, name: string, place: string) =>
    `${share.padStart(6)}  ${ms.padStart(8)}  ${name.padEnd(NAME_WIDTH)}  ${place}`.trimEnd();
  return [
    line("% self", "ms", "function", "file:line"),
    ...times.slice(0, count).map(({ name, place, ms }) =>
      line((100 * ms / all).toFixed(1), ms.toFixed(1), name, place)
    ),
    "",
  ].join("\n");
}

/** From the project's folder on; the runtime's own files as they are. */
function shortened(url: string): string {
  return url.replace(new URL("../../", import.meta.url).href, "");
}
