import { assertEquals, assertStringIncludes } from "@std/assert";
import { tellBlock } from "../../src/proxy/make_back.ts";
import { makeWorld } from "../support/world.ts";
import { blockedRecord } from "../support/blocked.ts";

Deno.test("makeBack() keeps a block and tells of it", async () => {
  await using world = makeWorld({ policy: {} });
  await world.ask("GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n");
  assertEquals(world.blocked.map(({ host }) => host), ["a.test"]);
  assertEquals(world.proxy.blocked.total, 1);
  assertEquals(world.proxy.tally.totals, { requests: 1, blocked: 1 });
});

Deno.test("tellBlock() tells what went wrong with telling, and goes on", () => {
  const lines: string[] = [];
  tellBlock(blockedRecord(), [], {
    record: () => {
      throw new Error("full");
    },
    diagnose: (line) => lines.push(line),
  });
  assertEquals(lines.length, 1);
  assertStringIncludes(lines[0]!, "Cannot record a blocked request: Error: full");
});
