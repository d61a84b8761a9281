import type { Deadlines } from "./deadlines.ts";

/**
 * Runs a step under a time limit and under `parent`. When the limit passes, the step's signal is aborted and
 * the promise rejects with `late()`; when `parent` is aborted, with its reason.
 */
export async function within<T>(
  deadlines: Deadlines,
  ms: number,
  parent: AbortSignal,
  step: (signal: AbortSignal) => Promise<T>,
  late: () => Error,
): Promise<T> {
  parent.throwIfAborted();
  const controller = new AbortController();
  const stop = () => controller.abort(parent.reason);
  parent.addEventListener("abort", stop, { once: true });
  const deadline = deadlines.arm(ms, () => controller.abort(late()));
  try {
    return await step(controller.signal);
  } finally {
    deadline.clear();
    parent.removeEventListener("abort", stop);
  }
}
