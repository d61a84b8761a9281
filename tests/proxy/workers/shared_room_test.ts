import { assertEquals } from "@std/assert";
import type { ClientKey } from "../../../src/proxy/client_counts.ts";
import { DEFAULT_LIMITS } from "../../../src/proxy/limits.ts";
import { setAccepting, shareMemory } from "../../../src/proxy/workers/shared_memory.ts";
import { sharedRoom } from "../../../src/proxy/workers/shared_room.ts";

function rooms(connections: number, connectionsPerClient: number) {
  const memory = shareMemory(1);
  const limits = { ...DEFAULT_LIMITS, connections, connectionsPerClient };
  return { memory, rooms: [0, 1].map((row) => sharedRoom(memory, row, limits)) };
}

Deno.test("sharedRoom() has room for so many connections, whoever takes them", () => {
  const { rooms: [here, there] } = rooms(3, 3);
  assertEquals([here!.take(1), there!.take(2), here!.take(3)], [null, null, null]);
  assertEquals([here!.take(4), there!.take(4)], ["connections", "connections"]);
  there!.give(2);
  assertEquals(here!.take(4), null);
});

Deno.test("sharedRoom() has room for so many of one client, in all isolates", () => {
  const entrance = { listener: "127.0.0.1:3128" } as ClientKey & object;
  const same = { listener: "127.0.0.1:3128" } as ClientKey & object;
  for (const [one, again] of [[1, 1], [1n, 1n], [entrance, same]] as const) {
    const { rooms: [here, there] } = rooms(100, 2);
    assertEquals([here!.take(one), there!.take(again)], [null, null]);
    assertEquals(there!.take(one), "connectionsPerClient");
    assertEquals(here!.take(again), "connectionsPerClient");
    here!.give(again);
    assertEquals(there!.take(one), null);
  }
});

Deno.test("sharedRoom() counts what it refuses for one reason against no other limit", () => {
  const { rooms: [here] } = rooms(2, 1);
  assertEquals([here!.take(1), here!.take(1), here!.take(2)], [null, "connectionsPerClient", null]);
});

Deno.test("sharedRoom() refuses no client for what thousands of others hold", () => {
  const { rooms: [here, there] } = rooms(100_000, 1);
  const refused = Array.from(
    { length: 4000 },
    (_, client) => (client % 2 === 0 ? here! : there!).take(client),
  ).filter((full) => full !== null);
  // Eight thousand cells in each of four parts: that all four are shared comes about once in a hundred clients here.
  assertEquals(refused.length < 300, true, String(refused.length));
});

Deno.test("isAhead() leaves a client to who has fewer, if that one accepts", () => {
  const { memory, rooms: [here] } = rooms(100, 100);
  setAccepting(memory, 0, true);
  for (let count = 0; count < 5; count++) here!.take(count);
  assertEquals(here!.isAhead!(), false);
  setAccepting(memory, 1, true);
  assertEquals(here!.isAhead!(), true);
});
