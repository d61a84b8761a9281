import { assertEquals } from "@std/assert";
import { flushInTime } from "../../../src/cli/printed/flush_in_time.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { settle } from "../fake_surroundings.ts";

const NEVER = new Promise<void>(() => {});

Deno.test("flushInTime() ends with the flush, and leaves no timer", async () => {
  const clock = new FakeClock();
  const flushed = Promise.withResolvers<void>();
  let isOver = false;
  const waiting = flushInTime({
    isTerminal: false,
    columns: null,
    gone: NEVER,
    line: () => true,
    flush: () => flushed.promise,
  }, clock)
    .then(() => isOver = true);
  await settle();
  assertEquals(isOver, false);
  flushed.resolve();
  await waiting;
  await settle();
  assertEquals(clock.sleeping, 0);
});

Deno.test("flushInTime() does not wait for ever for a reader that does not read", async () => {
  const clock = new FakeClock();
  const never = new Promise<void>(() => {});
  const waiting = flushInTime({
    isTerminal: false,
    columns: null,
    gone: NEVER,
    line: () => true,
    flush: () => never,
  }, clock);
  await settle();
  clock.advance(1000);
  await waiting;
});
