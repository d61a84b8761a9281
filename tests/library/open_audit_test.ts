import { assertEquals } from "@std/assert";
import { closeAudit } from "../../src/library/open_audit.ts";

Deno.test("every sink is closed, at once", async () => {
  const closed: string[] = [];
  const slow = Promise.withResolvers<void>();
  const sink = (name: string, wait: Promise<void>) => ({
    name,
    lost: 0,
    write: () => {},
    close: async () => {
      closed.push(name);
      await wait;
    },
  });
  const closing = closeAudit({
    sinks: [sink("slow", slow.promise), sink("quick", Promise.resolve())],
  });
  assertEquals(closed, ["slow", "quick"]);
  slow.resolve();
  await closing;
});
