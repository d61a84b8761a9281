import { assertEquals } from "@std/assert";
import { closesOf, decisionsOf } from "../support/audit_records.ts";
import { ALLOWED, makeWorld } from "../support/world.ts";

const GET = `GET http://${ALLOWED}/ HTTP/1.1\r\nHost: ${ALLOWED}\r\n\r\n`;

for (const worker of [false, true]) {
  Deno.test(`openFront() serves, and leaves what is decided to its back${worker ? ", in a worker" : ""}`, async () => {
    await using world = makeWorld({ worker });
    assertEquals((await world.ask(GET)).body, "hello");
    await world.proxy.shutdown(0);
    assertEquals([decisionsOf(world.audit).length, closesOf(world.audit).length], [1, 1]);
    assertEquals(world.proxy.tally.totals, { requests: 1, blocked: 0 });
  });
}
