import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { Deadlines } from "../../../src/net/time/deadlines.ts";
import { within } from "../../../src/net/time/within.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { turn } from "../../support/in_time.ts";

const late = () => new RangeError("too late");

/** A signal that counts who listens. */
function countedSignal(): { controller: AbortController; listeners: () => number } {
  const controller = new AbortController();
  const { signal } = controller;
  let count = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    count += 1;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    count -= 1;
    remove(...args);
  };
  return { controller, listeners: () => count };
}

/** A step that ends only by its signal. */
function hang(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener("abort", () => reject(signal.reason));
  return promise;
}

const NEVER = new AbortController().signal;

Deno.test("within() resolves to what the step does", async () => {
  const deadlines = new Deadlines(new FakeClock(), reportError);
  assertEquals(await within(deadlines, 1000, NEVER, () => Promise.resolve(7), late), 7);
  deadlines.stop();
});

Deno.test("within() rejects as the step does", async () => {
  const deadlines = new Deadlines(new FakeClock(), reportError);
  const error = new TypeError("why");
  const running = within(deadlines, 1000, NEVER, () => Promise.reject(error), late);
  assertStrictEquals(await assertRejects(() => running), error);
  deadlines.stop();
});

Deno.test("within() ends a step that takes too long", async () => {
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock, reportError);
  const running = within(deadlines, 1000, NEVER, hang, late);
  const rejected = assertRejects(() => running, RangeError, "too late");
  clock.advance(1000);
  await rejected;
});

Deno.test("within() keeps what a step resolves to although it is late", async () => {
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock, reportError);
  const step = Promise.withResolvers<string>();
  const running = within(deadlines, 1000, NEVER, () => step.promise, late);
  clock.advance(1000);
  await turn();
  step.resolve("a stream that must be closed");
  assertEquals(await running, "a stream that must be closed");
});

Deno.test("within() ends a step with the reason of the parent", async () => {
  const deadlines = new Deadlines(new FakeClock(), reportError);
  const parent = new AbortController();
  const running = within(deadlines, 1000, parent.signal, hang, late);
  const rejected = assertRejects(() => running, TypeError, "gone");
  parent.abort(new TypeError("gone"));
  await rejected;
  deadlines.stop();
});

Deno.test("within() does not begin when the parent is over already", async () => {
  const clock = new FakeClock();
  let began = false;
  const step = () => Promise.resolve(began = true);
  const parent = AbortSignal.abort(new TypeError("gone"));
  const running = () => within(new Deadlines(clock, reportError), 1000, parent, step, late);
  await assertRejects(running, TypeError, "gone");
  assertEquals([began, clock.sleeping], [false, 0]);
});

Deno.test("within() leaves nothing behind: no listener, no deadline", async () => {
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock, reportError);
  const { controller, listeners } = countedSignal();
  const signals: AbortSignal[] = [];
  const step = (signal: AbortSignal) => Promise.resolve(signals.push(signal));
  await within(deadlines, 1000, controller.signal, step, late);
  await assertRejects(() =>
    within(deadlines, 1000, controller.signal, () => {
      throw new TypeError("at once");
    }, late)
  );
  assertEquals(listeners(), 0);
  clock.advance(1000);
  await turn();
  controller.abort();
  assertEquals([signals[0]!.aborted, clock.sleeping], [false, 0]);
});
