import { assert, assertEquals } from "@std/assert";
import { inTime } from "../support/in_time.ts";
import { statusOf } from "../support/wire.ts";
import { makeWorld } from "../support/world.ts";

/** Connects a hundred times and resets each (RST, not FIN). */
const ATTACK = `
  import { connect } from "node:net";
  await Promise.all(Array.from({ length: 100 }, () => new Promise((resolve) => {
    const socket = connect(Number(Deno.args[0]), "127.0.0.1", () => socket.resetAndDestroy());
    socket.on("error", () => {});
    socket.on("close", resolve);
  })));
`;

Deno.test("reset flood: connections that were reset before they were accepted hold nobody up", async () => {
  await using world = makeWorld({ policy: { allow: [] } });
  // Run to its end before our loop turns again, so that all of them wait to be accepted, and are over.
  const { success } = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-config", ATTACK, String(world.proxy.address.port)],
    stdout: "null",
    stderr: "null",
  }).outputSync();
  assert(success);
  // The clock of this world stands still: a proxy that waits after each of them would wait for ever.
  const answer = await inTime(
    world.ask("GET http://denied.test/ HTTP/1.1\r\nHost: denied.test\r\n\r\n"),
    "an answer behind the reset connections",
  );
  assertEquals(statusOf(answer), 403);
});
