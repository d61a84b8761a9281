import { assert, assertEquals, assertGreater, assertRejects } from "@std/assert";
import { systemClock } from "../../src/net/system_clock.ts";

const NEVER = new AbortController().signal;

Deno.test("now() is Unix time", () => {
  const before = Date.now();
  const now = systemClock.now();
  assert(now >= before && now <= Date.now());
});

Deno.test("monotonic() does not go back", () => {
  const first = systemClock.monotonic();
  assert(systemClock.monotonic() >= first);
});

Deno.test("wait() resolves after the time", async () => {
  const start = systemClock.monotonic();
  await systemClock.wait(5, NEVER);
  assertGreater(systemClock.monotonic() - start, 4);
});

Deno.test("wait() rejects with the reason as soon as the signal is aborted", async () => {
  const controller = new AbortController();
  const waiting = systemClock.wait(60_000, controller.signal);
  controller.abort(new RangeError("enough"));
  await assertRejects(() => waiting, RangeError, "enough");
});

Deno.test("wait() rejects at once when the signal was aborted before", async () => {
  const signal = AbortSignal.abort(new RangeError("enough"));
  await assertRejects(() => systemClock.wait(60_000, signal), RangeError, "enough");
});

Deno.test("wait() does not listen on after it has resolved", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const removed: string[] = [];
  const remove = signal.removeEventListener.bind(signal);
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    removed.push(args[0]);
    remove(...args);
  };
  await systemClock.wait(0, signal);
  assertEquals(removed, ["abort"]);
});
