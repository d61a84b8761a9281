import { median } from "./statistics.ts";
import type { Start } from "./starts.ts";

/** The middle of several starts of one program. */
export interface Starts extends Omit<Start, "round"> {
  /** Doorward's, this one's being 1: the middle of the ratios of each round. Null where Doorward was not started. */
  readonly doorward: StartRatios | null;
}

/** What one takes to what another one takes. */
export interface StartRatios {
  readonly accepts: number;
  /** Null beside a runtime. */
  readonly responds: number | null;
  readonly idleMb: number;
}

/** What came of them, in the order in which they were first started. */
export function summarizeStarts(starts: readonly Start[]): readonly Starts[] {
  const own = new Map(starts.filter(({ of }) => of === "doorward").map((one) => [one.round, one]));
  return [...Map.groupBy(starts, ({ of }) => of)].map(([of, runs]) => {
    const pairs = runs.flatMap((run) => {
      const ours = own.get(run.round);
      return ours === undefined ? [] : [[ours, run] as const];
    });
    const ratio = (value: (start: Start) => number) =>
      median(pairs.map(([ours, run]) => value(ours) / value(run)));
    const isProxy = runs.every(({ respondsMs }) => respondsMs !== null);
    const responds = ({ respondsMs }: Start) => respondsMs ?? NaN;
    return {
      of,
      acceptsMs: median(runs.map(({ acceptsMs }) => acceptsMs)),
      respondsMs: isProxy ? median(runs.map(responds)) : null,
      idleMb: median(runs.map(({ idleMb }) => idleMb)),
      doorward: pairs.length === 0 ? null : {
        accepts: ratio(({ acceptsMs }) => acceptsMs),
        responds: isProxy ? ratio(responds) : null,
        idleMb: ratio(({ idleMb }) => idleMb),
      },
    };
  });
}
