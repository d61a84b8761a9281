import { assertEquals, assertNotEquals } from "@std/assert";
import { DEFAULT_LIMITS } from "../../../src/proxy/limits.ts";
import { sharedCounts } from "../../../src/proxy/workers/shared_counts.ts";
import {
  awaitHeard,
  clearRow,
  countHeard,
  HELD,
  setAccepting,
  shareMemory,
} from "../../../src/proxy/workers/shared_memory.ts";
import { heldByAll } from "../../../src/proxy/workers/shared_places.ts";

Deno.test("shareMemory() has a row for the main isolate and for each worker", () => {
  assertEquals(shareMemory(3).rows, 4);
});

Deno.test("shareMemory() is the same memory when it is cloned for another isolate", () => {
  const memory = shareMemory(1);
  const there = structuredClone(memory);
  sharedCounts(there, 1, DEFAULT_LIMITS).room.take(1);
  assertEquals(heldByAll(memory, HELD.connections), 1);
  assertEquals(there.seeds, memory.seeds);
});

Deno.test("shareMemory() hashes differently each time", () => {
  assertNotEquals(shareMemory(1).seeds, shareMemory(1).seeds);
});

Deno.test("clearRow() takes away what one has counted, and nothing of the others", () => {
  const memory = shareMemory(1);
  const limits = { ...DEFAULT_LIMITS, connections: 2, connectionsPerClient: 1 };
  const [here, there] = [0, 1].map((row) => sharedCounts(memory, row, limits));
  assertEquals([here!.room.take(1), there!.room.take(2)], [null, null]);
  here!.relayPorts.add(53);
  there!.relayPorts.add(54);
  clearRow(memory, 1);
  assertEquals([here!.room.take(1), here!.room.take(2)], ["connectionsPerClient", null]);
  assertEquals([here!.relayPorts.has(53), here!.relayPorts.has(54)], [true, false]);
});

Deno.test("setAccepting() says who accepts", () => {
  const memory = shareMemory(2);
  setAccepting(memory, 1, true);
  setAccepting(memory, 2, true);
  setAccepting(memory, 1, false);
  assertEquals(heldByAll(memory, HELD.accepting), 1);
});

Deno.test("awaitHeard() returns when so many are written down, counted from its making", () => {
  const memory = shareMemory(1);
  countHeard(memory, 1);
  const wait = awaitHeard(memory, 1);
  countHeard(memory, 1);
  countHeard(memory, 1);
  wait(2);
});
