import { assertEquals, assertMatch } from "@std/assert";
import { ALLOWED, makeWorld } from "../support/world.ts";

const GET = `GET http://${ALLOWED}/ HTTP/1.1\r\nHost: ${ALLOWED}\r\n\r\n`;

Deno.test("each proxy has a name of its own in Via, or none at all", async () => {
  const names: string[] = [];
  for (const via of [true, true, false]) {
    await using world = makeWorld({ via });
    await world.ask(GET);
    names.push(/^Via: 1\.1 (.*)\r$/m.exec(world.origin.received)?.[1] ?? "");
  }
  const [one, two, none] = names;
  assertMatch(one!, /^doorward-[0-9a-f]+$/);
  assertEquals([one === two, none], [false, ""]);
});
