import { assertEquals, assertRejects } from "@std/assert";
import { unlessLate } from "../../../src/cli/doctor/unless_late.ts";
import { Deadlines } from "../../../src/net/time/deadlines.ts";
import { FakeClock } from "../../support/fake_clock.ts";

Deno.test("unlessLate() is what the step comes to, or fails as it does", async () => {
  const deadlines = new Deadlines(new FakeClock(), reportError);
  assertEquals(await unlessLate(deadlines, 1000, () => Promise.resolve([7])), [7]);
  const failing = unlessLate(deadlines, 1000, () => Promise.reject(new TypeError("bug")));
  await assertRejects(() => failing, TypeError, "bug");
  deadlines.stop();
});

Deno.test("unlessLate() waits for no step that heeds no signal, and tells one that does", async () => {
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock, reportError);
  const signals: AbortSignal[] = [];
  const running = unlessLate(deadlines, 1000, (signal) => {
    signals.push(signal);
    return Promise.withResolvers<never>().promise;
  });
  clock.advance(1500);
  assertEquals([await running, signals[0]?.aborted], [null, true]);
  deadlines.stop();
});
