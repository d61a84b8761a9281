import { assertEquals } from "@std/assert";
import { UNATTRIBUTED } from "../../src/audit/attribution.ts";
import { type Entrance, requesterAt } from "../../src/proxy/entrance.ts";

Deno.test("requesterAt() numbers each request of an entrance, and says where it came in", () => {
  let count = 6;
  const attribution = { ...UNATTRIBUTED, label: "build" };
  const entrance: Entrance = { listener: "127.0.0.1:3128", attribution, nextId: () => ++count };
  const attempt = () => "a-1";
  const asks = { client: "127.0.0.1:50000", method: "GET", attempt };
  const both = [requesterAt(entrance, asks), requesterAt(entrance, asks)];
  assertEquals(both.map(({ id }) => id), [7, 8]);
  assertEquals(both[0], { ...asks, id: 7, listener: "127.0.0.1:3128", attribution });
});
