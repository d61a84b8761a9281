import { assertEquals, assertRejects } from "@std/assert";
import { ConnectError } from "../../src/net/errors.ts";
import type { Resolver } from "../../src/net/ports.ts";
import { Deadlines } from "../../src/net/time/deadlines.ts";
import { boundedResolver } from "../../src/proxy/bounded_resolver.ts";
import { never } from "../support/door.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { turn } from "../support/in_time.ts";
import { ip } from "../support/policy.ts";

const NEVER = new AbortController().signal;

function make(resolve: Resolver) {
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock, reportError);
  const told = { late: 0 };
  const bounded = boundedResolver(resolve, deadlines, 1000, () => void told.late++);
  return { clock, bounded, told, [Symbol.dispose]: () => deadlines.stop() };
}

Deno.test("boundedResolver() answers what it is told", async () => {
  using made = make((name) => Promise.resolve([ip(name === "a.test" ? "8.8.8.8" : "8.8.4.4")]));
  assertEquals(await made.bounded("a.test", NEVER), [ip("8.8.8.8")]);
});

Deno.test("boundedResolver() takes an empty answer for none", async () => {
  using made = make(() => Promise.resolve([]));
  const error = await assertRejects(() => made.bounded("a.test", NEVER), ConnectError);
  assertEquals(error.code, "dns_failure");
});

Deno.test("boundedResolver() gives up in time, and not before", async () => {
  using made = make((_, signal) => never(signal));
  let done = false;
  const failing = assertRejects(() => made.bounded("a.test", NEVER), ConnectError).finally(() => {
    done = true;
  });
  await turn();
  made.clock.advance(750);
  await turn();
  assertEquals([done, made.told.late], [false, 0]);
  made.clock.advance(750);
  assertEquals((await failing).code, "dns_timeout");
  assertEquals(made.told.late, 1);
});

Deno.test("boundedResolver() ends with its caller", async () => {
  using made = make((_, signal) => never(signal));
  const stop = new AbortController();
  const failing = assertRejects(() => made.bounded("a.test", stop.signal), DOMException);
  stop.abort(new DOMException("gone", "AbortError"));
  assertEquals([(await failing).name, made.told.late], ["AbortError", 0]);
});
