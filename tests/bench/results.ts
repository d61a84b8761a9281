import type { ContenderName } from "./contenders.ts";
import type { Done, Outcome } from "./job.ts";
import { median } from "./statistics.ts";

/** What one contender did in one scenario of one round. */
export interface Sample {
  readonly round: number;
  readonly scenario: string;
  readonly contender: ContenderName;
  readonly outcome: Outcome;
  /** The microseconds, of all cores, that the proxy took for each; null where there is none. */
  readonly cpu: number | null;
}

/** The middle rate of a contender; null when no round of it went through. */
export function medianRate(
  samples: readonly Sample[],
  scenario: string,
  contender: ContenderName,
): number | null {
  const rates = doneRounds(samples, scenario, contender).map(({ done }) => done.rate);
  return rates.length === 0 ? null : median(rates);
}

/** The middle of the waits, in milliseconds, that 99 of 100 stayed below; null as above. */
export function medianP99(
  samples: readonly Sample[],
  scenario: string,
  contender: ContenderName,
): number | null {
  const waits = doneRounds(samples, scenario, contender).map(({ done }) => done.p99);
  return waits.length === 0 ? null : median(waits);
}

/** The middle of what one of it took a proxy, in microseconds of all cores; null as above. */
export function medianCpu(
  samples: readonly Sample[],
  scenario: string,
  contender: ContenderName,
): number | null {
  const costs = samples.flatMap((sample) =>
    sample.scenario === scenario && sample.contender === contender && sample.cpu !== null
      ? [sample.cpu]
      : []
  );
  return costs.length === 0 ? null : median(costs);
}

/**
 * The middle of the ratios of rates within each round: both sides of one were measured seconds apart, so that
 * what else the machine does weighs on both.
 */
export function medianRatio(
  samples: readonly Sample[],
  scenario: string,
  contender: ContenderName,
  to: ContenderName,
): number | null {
  return ratioOf(samples, scenario, contender, to, ({ rate }) => rate);
}

/** The same of the waits that 99 of 100 stayed below. */
export function medianWaitRatio(
  samples: readonly Sample[],
  scenario: string,
  contender: ContenderName,
  to: ContenderName,
): number | null {
  return ratioOf(samples, scenario, contender, to, ({ p99 }) => p99);
}

function ratioOf(
  samples: readonly Sample[],
  scenario: string,
  contender: ContenderName,
  to: ContenderName,
  value: (done: Done) => number,
): number | null {
  const base = new Map(
    doneRounds(samples, scenario, to).map(({ round, done }) => [round, value(done)]),
  );
  const ratios = doneRounds(samples, scenario, contender).flatMap(({ round, done }) => {
    const other = base.get(round);
    return other === undefined ? [] : [value(done) / other];
  });
  return ratios.length === 0 ? null : median(ratios);
}

/** A line for each contender and scenario in which something went wrong. */
export function faultLines(samples: readonly Sample[]): readonly string[] {
  const lines = new Map<string, { done: number; faults: number; what: string }>();
  for (const { scenario, contender, outcome } of samples) {
    const key = `${contender}, ${scenario}`;
    const line = lines.get(key) ?? { done: 0, faults: 0, what: "" };
    lines.set(key, line);
    line.done += "failed" in outcome ? 0 : outcome.done;
    line.faults += "failed" in outcome ? 1 : outcome.faults;
    line.what ||= ("failed" in outcome ? outcome.failed : outcome.fault) ?? "";
  }
  return [...lines].filter(([, { faults }]) => faults > 0).map(([key, { done, faults, what }]) =>
    `${key}: ${faults} of ${done + faults} failed (${what})`
  );
}

function doneRounds(
  samples: readonly Sample[],
  scenario: string,
  contender: ContenderName,
): readonly { readonly round: number; readonly done: Done }[] {
  return samples.flatMap((sample) =>
    sample.scenario === scenario && sample.contender === contender && "rate" in sample.outcome
      ? [{ round: sample.round, done: sample.outcome }]
      : []
  );
}
