import type { Course } from "./course.ts";
import { BULK_BYTES, isBulk, MIB, type Outcome } from "./job.ts";

/** What came of the courses of one job, in so much time. */
export function summary(courses: readonly Course[], elapsedMs: number): Outcome {
  const took = Float64Array.from(courses.flatMap((course) => course.took)).sort();
  const faults = courses.flatMap((course) => course.faults);
  if (took.length === 0) return { failed: faults[0] ?? "nothing was done in time" };
  const at = (share: number) => took[Math.floor((took.length - 1) * share)] ?? NaN;
  const bytes = isBulk(courses[0]!.job.work) ? BULK_BYTES : null;
  const done = took.length * (bytes === null ? 1 : bytes / MIB);
  return {
    rate: took.length * (bytes === null ? 1 : bytes / 1e6) / (elapsedMs / 1000),
    p50: at(0.5),
    p99: at(0.99),
    done,
    work: done,
    faults: faults.length,
    ...(faults.length === 0 ? {} : { fault: faults[0]! }),
  };
}
