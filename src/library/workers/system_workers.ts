import { threadOf } from "../../proxy/workers/thread_of.ts";
import type { WorkerMachine } from "../../proxy/workers/workers.ts";

/** Isolates of this process. */
export const systemWorkers: WorkerMachine | null = {
  // Spelled out: so a program that is compiled has it.
  start: (heard, failed) =>
    threadOf(
      new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }),
      heard,
      failed,
    ),
  cores: navigator.hardwareConcurrency,
};
