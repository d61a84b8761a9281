import { assertEquals, assertStringIncludes } from "@std/assert";
import { threadOf } from "../../../src/proxy/workers/thread_of.ts";
import type { FromWorker } from "../../../src/proxy/workers/messages.ts";

/** A worker whose isolate is the test. */
function fakeWorker() {
  const done: unknown[] = [];
  const worker = {
    onmessage: (_: { readonly data: unknown }) => {},
    onerror: (_: { readonly message: string; preventDefault(): void }) => {},
    onmessageerror: () => {},
    postMessage: (message: unknown) => done.push(message),
    terminate: () => done.push("terminated"),
  };
  return { worker, done };
}

Deno.test("threadOf() carries what is said, both ways, and ends it", () => {
  const { worker, done } = fakeWorker();
  const heard: FromWorker[] = [];
  const thread = threadOf(worker as unknown as Worker, (message) => heard.push(message), () => {});
  worker.onmessage({ data: { kind: "over" } });
  thread.post({ kind: "heard" });
  thread.terminate();
  assertEquals([heard, done], [[{ kind: "over" }], [{ kind: "heard" }, "terminated"]]);
});

Deno.test("threadOf() tells of a fault, and keeps it from the program", () => {
  const { worker } = fakeWorker();
  const failed: string[] = [];
  threadOf(worker as unknown as Worker, () => {}, (why) => failed.push(why));
  let isPrevented = false;
  const preventDefault = () => void (isPrevented = true);
  worker.onerror({ message: "a fault", preventDefault });
  worker.onmessageerror();
  assertEquals([isPrevented, failed[0]], [true, "a fault"]);
  assertStringIncludes(failed[1]!, "cannot be understood");
});
