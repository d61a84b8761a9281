import { assertEquals } from "@std/assert";
import { HELD, shareMemory } from "../../../src/proxy/workers/shared_memory.ts";
import { heldByAll, sharedPlaces } from "../../../src/proxy/workers/shared_places.ts";

Deno.test("sharedPlaces() has so many places for all rows", () => {
  const memory = shareMemory(2);
  const rows = [0, 1, 2].map((row) => sharedPlaces(memory, row, HELD.lookups, 2));
  assertEquals(rows.map(({ take }) => take()), [true, true, false]);
  assertEquals(heldByAll(memory, HELD.lookups), 2);
  rows[1]!.give();
  assertEquals([rows[2]!.take(), rows[2]!.take()], [true, false]);
});

Deno.test("heldByAll() counts nothing for a row that was cleared before its places came back", () => {
  const memory = shareMemory(1);
  const [here, there] = [0, 1].map((row) => sharedPlaces(memory, row, HELD.lookups, 1));
  there!.give();
  assertEquals([here!.take(), here!.take()], [true, false]);
});
