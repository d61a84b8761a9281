import type { ContenderName } from "./contenders.ts";
import type { Goal, Measure } from "./goals.ts";
import type { HeldTunnels } from "./idle_tunnels.ts";
import { medianRatio, medianWaitRatio, type Sample } from "./results.ts";
import type { Starts } from "./start_summary.ts";

/** All that was measured. */
export interface Measured {
  readonly samples: readonly Sample[];
  readonly starts: readonly Starts[];
  readonly tunnels: readonly HeldTunnels[];
}

/** What a goal came to. */
export interface Verdict {
  readonly what: string;
  /** "at least 0.6", "at most 20". */
  readonly wanted: string;
  readonly got: number;
  readonly isMet: boolean;
}

/** What came of those goals that something was measured for. */
export function judge(goals: readonly Goal[], measured: Measured): readonly Verdict[] {
  return goals.flatMap(({ what, measure, least, most }) => {
    const got = valueOf(measure, measured);
    if (got === null) return [];
    const wanted = least === undefined ? `at most ${most}` : `at least ${least}`;
    return [{ what, wanted, got, isMet: got >= (least ?? -Infinity) && got <= (most ?? Infinity) }];
  });
}

function valueOf(measure: Measure, { samples, starts, tunnels }: Measured): number | null {
  switch (measure.kind) {
    case "rate":
      return medianRatio(samples, measure.row, measure.of, measure.to);
    case "p99":
      return medianWaitRatio(samples, measure.row, measure.of, measure.to);
    case "tunnel KB":
      return most(tunnels)?.eachKb ?? null;
    case "tunnels returned":
      return most(tunnels)?.returned ?? null;
    case "MB more":
      return difference(starts, measure.of, measure.than, ({ idleMb }) => idleMb);
    case "ms more":
      return difference(starts, measure.of, measure.than, ({ acceptsMs }) => acceptsMs);
  }
  measure satisfies never;
}

/** Of fewer the heap's own ups and downs are more than they take. */
const TUNNELS_JUDGED = 5000;

/** Doorward's with the most tunnels open. */
function most(tunnels: readonly HeldTunnels[]): HeldTunnels | undefined {
  const own = tunnels.filter(({ contender, held }) =>
    contender === "doorward" && held >= TUNNELS_JUDGED
  );
  return own.sort((a, b) => b.held - a.held)[0];
}

function difference(
  starts: readonly Starts[],
  of: ContenderName,
  than: ContenderName,
  value: (starts: Starts) => number,
): number | null {
  const one = starts.find((start) => start.of === of);
  const other = starts.find((start) => start.of === than);
  return one === undefined || other === undefined ? null : value(one) - value(other);
}
