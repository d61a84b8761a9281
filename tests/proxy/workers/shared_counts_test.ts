import { assertEquals } from "@std/assert";
import { DEFAULT_LIMITS } from "../../../src/proxy/limits.ts";
import { nextConnection, sharedCounts } from "../../../src/proxy/workers/shared_counts.ts";
import { shareMemory } from "../../../src/proxy/workers/shared_memory.ts";

Deno.test("sharedCounts() numbers requests in one row", () => {
  const memory = shareMemory(1);
  const [here, there] = [0, 1].map((row) => sharedCounts(memory, row, DEFAULT_LIMITS));
  assertEquals([here!.nextRequest(), there!.nextRequest(), here!.nextRequest()], [1, 2, 3]);
});

Deno.test("nextConnection() numbers connections in a row of their own", () => {
  const memory = shareMemory(1);
  sharedCounts(memory, 0, DEFAULT_LIMITS).nextRequest();
  assertEquals([nextConnection(memory), nextConnection(memory)], [1, 2]);
});

Deno.test("sharedCounts() counts look-ups of all together", () => {
  const memory = shareMemory(1);
  const limits = { ...DEFAULT_LIMITS, dnsLookups: 2 };
  const [here, there] = [0, 1].map((row) => sharedCounts(memory, row, limits).lookups);
  assertEquals([here!.take(), there!.take(), here!.take()], [true, true, false]);
  there!.give();
  assertEquals(here!.take(), true);
});

Deno.test("sharedCounts() knows the ports of relays apart from those of listeners", () => {
  const memory = shareMemory(1);
  const [here, there] = [0, 1].map((row) => sharedCounts(memory, row, DEFAULT_LIMITS));
  here!.relayPorts.add(53);
  here!.addedPorts.add(80);
  assertEquals([there!.relayPorts.has(53), there!.relayPorts.has(80)], [true, false]);
  assertEquals([there!.addedPorts.has(53), there!.addedPorts.has(80)], [false, true]);
});
