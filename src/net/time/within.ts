import type { Deadlines } from "./deadlines.ts";

/**
 * Runs a step under a time limit and under `parent`. When the limit passes, the step's signal is aborted with
 * `late()`, and when `parent` is aborted, with its reason. A step that heeds its signal rejects with that; what
 * a step resolves to all the same is the caller's, so that nothing opened at the last moment is lost.
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
