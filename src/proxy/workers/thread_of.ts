import type { StartWorker, WorkerThread } from "./workers.ts";

/** An isolate as the main one has it. What goes wrong in it ends it, and nobody else. */
export function threadOf(
  worker: Worker,
  heard: Parameters<StartWorker>[0],
  failed: Parameters<StartWorker>[1],
): WorkerThread {
  worker.onmessage = ({ data }) => heard(data);
  worker.onerror = (event) => {
    // Else the whole program would end with it.
    event.preventDefault();
    failed(event.message);
  };
  worker.onmessageerror = () => failed("what it says cannot be understood");
  return {
    post: (message) => worker.postMessage(message),
    terminate: () => worker.terminate(),
  };
}
