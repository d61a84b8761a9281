// Whether a number grows: an answer that single peaks and the first minutes do not sway.
import { median } from "../bench/statistics.ts";

/** One measurement. */
export interface Point {
  readonly minute: number;
  readonly value: number;
}

/**
 * How much a number grows a minute over the second half of its measurements: the middle of the slopes between any two
 * of them (Theil and Sen), so that a third of them may be peaks. NaN of fewer than two.
 */
export function growth(points: readonly Point[]): number {
  const half = secondHalf(points);
  const slopes = half.flatMap((from, index) =>
    half.slice(index + 1).map((to) => (to.value - from.value) / (to.minute - from.minute))
  );
  return median(slopes);
}

function secondHalf(points: readonly Point[]): readonly Point[] {
  return points.slice(Math.floor(points.length / 2));
}

/** The most that a number may grow a minute. */
export interface Bound {
  readonly what: string;
  readonly perMinuteMax: number;
}

/** What is said of a growth, and whether it is within its bound. */
export interface Verdict {
  readonly line: string;
  readonly ok: boolean;
}

/** In less a heap has not been collected often enough. */
const MINUTES_MIN = 2;

/** Judges one number. What cannot be told is no failure, and is said. */
export function judge({ what, perMinuteMax }: Bound, points: readonly Point[]): Verdict {
  const half = secondHalf(points);
  const minutes = (half.at(-1)?.minute ?? 0) - (half[0]?.minute ?? 0);
  const perMinute = growth(points);
  if (minutes < MINUTES_MIN) return { line: `${what}: too short to tell`, ok: true };
  const ok = perMinute <= perMinuteMax;
  const sign = perMinute < 0 ? "" : "+";
  const most = ok ? "at most" : "and that is more than";
  const line = `${what}: ${sign}${perMinute.toFixed(2)} a minute, ${most} ${perMinuteMax}`;
  return { line, ok };
}
