import { assertEquals } from "@std/assert";
import {
  CircuitBreaker,
  FAILURES_MAX,
  REST_MS,
} from "../../../src/library/deciders/circuit_breaker.ts";
import { FakeClock } from "../../support/fake_clock.ts";

function makeBreaker() {
  const clock = new FakeClock();
  const told: string[] = [];
  const breaker = new CircuitBreaker({ clock, tell: (line) => told.push(line) });
  const fail = (times: number) => {
    for (let at = 0; at < times; at++) breaker.admit()!.failed("it is late");
  };
  return { clock, told, breaker, fail };
}

const OPENED =
  "The decider failed 5 times in a row (it is late): what it would be asked is denied, " +
  "and it is asked once every 10 seconds until it answers";

Deno.test("admit() lets nobody through after five failures in a row, and says so once", () => {
  const { breaker, fail, told } = makeBreaker();
  fail(FAILURES_MAX - 1);
  breaker.admit()!.succeeded();
  fail(FAILURES_MAX - 1);
  assertEquals(told, []);
  fail(1);
  assertEquals(breaker.admit(), null);
  assertEquals(told, [OPENED]);
});

Deno.test("admit() lets one attempt through when it has rested, and all when that succeeds", () => {
  const { breaker, fail, clock, told } = makeBreaker();
  fail(FAILURES_MAX);
  clock.advance(REST_MS - 1);
  assertEquals(breaker.admit(), null);
  clock.advance(1);
  const trial = breaker.admit()!;
  assertEquals(breaker.admit(), null);
  trial.succeeded();
  assertEquals(told, [OPENED, "The decider answers again"]);
  fail(FAILURES_MAX - 1);
  assertEquals(breaker.admit() === null, false);
});

Deno.test("admit() rests again when the attempt fails, and says nothing new", () => {
  const { breaker, fail, clock, told } = makeBreaker();
  fail(FAILURES_MAX);
  clock.advance(REST_MS);
  fail(1);
  assertEquals(breaker.admit(), null);
  clock.advance(REST_MS - 1);
  assertEquals(breaker.admit(), null);
  clock.advance(1);
  assertEquals(breaker.admit() === null, false);
  assertEquals(told.length, 1);
});

Deno.test("admit() lets the next try when an attempt was abandoned", () => {
  const { breaker, fail, clock } = makeBreaker();
  fail(FAILURES_MAX);
  clock.advance(REST_MS);
  breaker.admit()!.abandoned();
  assertEquals(breaker.admit() === null, false);
});

Deno.test("what began before it opened says nothing of what is now", () => {
  const { breaker, fail, clock, told } = makeBreaker();
  const [early, slow] = [breaker.admit()!, breaker.admit()!];
  fail(FAILURES_MAX);
  early.succeeded();
  assertEquals(breaker.admit(), null);
  clock.advance(REST_MS);
  const trial = breaker.admit()!;
  slow.failed("it is late");
  slow.abandoned();
  assertEquals(breaker.admit(), null);
  trial.succeeded();
  trial.failed("it is late");
  assertEquals(told.length, 2);
});

Deno.test("an attempt counts once", () => {
  const { breaker } = makeBreaker();
  const attempt = breaker.admit()!;
  for (let at = 0; at < FAILURES_MAX; at++) attempt.failed("it is late");
  assertEquals(breaker.admit() === null, false);
});
