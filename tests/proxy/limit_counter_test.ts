import { assertEquals } from "@std/assert";
import { LimitCounter } from "../../src/proxy/limit_counter.ts";
import { DEFAULT_LIMITS, limitKey, type LimitName } from "../../src/proxy/limits.ts";
import { FakeClock } from "../support/fake_clock.ts";

function make() {
  const clock = new FakeClock();
  const told: string[] = [];
  const limits = { ...DEFAULT_LIMITS, connections: 5 };
  const counter = new LimitCounter(limits, () => clock.monotonic(), (line) => told.push(line));
  return { clock, told, counter };
}

Deno.test("LimitCounter counts each limit under its key, from nought", () => {
  const { counter } = make();
  const names = Object.keys(DEFAULT_LIMITS) as LimitName[];
  assertEquals(counter.counts, names.map((name) => ({ limit: limitKey(name), count: 0 })));
  for (const limit of ["connections", "headMs", "connections"] as const) counter.reached(limit);
  assertEquals(counter.counts.filter(({ count }) => count > 0), [
    { limit: "connections", count: 2 },
    { limit: "head_seconds", count: 1 },
  ]);
});

Deno.test("LimitCounter tells of a limit once a minute, and how often it was reached since", () => {
  const { counter, clock, told } = make();
  counter.reached("connections");
  clock.advance(59_999);
  counter.reached("connections");
  const line = "Reached connections under [network.limits]: what is beyond 5 is refused";
  assertEquals(told, [line]);
  clock.advance(1);
  counter.reached("connections");
  assertEquals(told, [line, `${line}, 2 times since this was last told`]);
  clock.advance(60_000);
  counter.reached("connections");
  assertEquals(told.at(-1), `${line}, once since this was last told`);
});

Deno.test("LimitCounter tells of each limit by itself", () => {
  const { counter, told } = make();
  for (const limit of ["connections", "questions"] as const) counter.reached(limit);
  assertEquals(told.length, 2);
});

Deno.test("LimitCounter tells nothing where nothing is refused", () => {
  const { counter, told } = make();
  const quiet: LimitName[] = ["dnsAddresses", "udpDestinations", "interceptedCertificates"];
  const times = (Object.keys(DEFAULT_LIMITS) as LimitName[]).filter((name) => name.endsWith("Ms"));
  for (const limit of [...quiet, ...times]) counter.reached(limit);
  assertEquals(told, []);
});
