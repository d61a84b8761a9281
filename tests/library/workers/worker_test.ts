import { assertEquals, assertStringIncludes } from "@std/assert";
import { systemWorkers } from "../../../src/library/workers/system_workers.ts";
import type { FromWorker } from "../../../src/proxy/workers/messages.ts";
import { inTime } from "../../support/in_time.ts";

Deno.test("a worker tells of its fault in a message, and prints nothing", async () => {
  const said = Promise.withResolvers<FromWorker>();
  const failed = Promise.withResolvers<never>();
  const thread = systemWorkers!.start(said.resolve, (why) => failed.reject(new Error(why)));
  try {
    // Whatever it is: nothing can begin with it.
    thread.post({ kind: "begin" } as never);
    const message = await inTime(Promise.race([said.promise, failed.promise]), "word of it");
    assertEquals(message.kind, "failed");
    if (message.kind === "failed") assertStringIncludes(message.why, "TypeError");
  } finally {
    thread.terminate();
  }
});
