import { assertEquals } from "@std/assert";
import { ownCounts } from "../../src/proxy/counts.ts";
import { DEFAULT_LIMITS } from "../../src/proxy/limits.ts";

Deno.test("ownCounts() numbers requests from 1", () => {
  const { nextRequest } = ownCounts(DEFAULT_LIMITS, () => 0);
  assertEquals([nextRequest(), nextRequest()], [1, 2]);
});

Deno.test("ownCounts() has room for so many connections, and for so many of one client", () => {
  let held = 0;
  const limits = { ...DEFAULT_LIMITS, connections: 3, connectionsPerClient: 2 };
  const { room } = ownCounts(limits, () => held);
  const take = (client: number) => {
    const full = room.take(client);
    if (full === null) held += 1;
    return full;
  };
  assertEquals([take(1), take(1), take(1)], [null, null, "connectionsPerClient"]);
  assertEquals([take(2), take(2)], [null, "connections"]);
  room.give(1);
  held -= 1;
  assertEquals(take(1), null);
});
