// The clock of the machine is set, by a person or a time server: nobody waits shorter or longer, nothing is let through.
import { assertEquals } from "@std/assert";
import { until } from "../support/in_time.ts";
import { rulePattern } from "../support/live_policy.ts";
import { silent } from "../support/origin.ts";
import { statusOf } from "../support/wire.ts";
import { makeWorld } from "../support/world.ts";

const GET = "GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n";
const DAY = 86_400_000;
const MINUTE = 60_000;

for (const [what, jumpMs] of [["forwards", DAY], ["backwards", -DAY]] as const) {
  Deno.test(`a jump ${what}: limits pass when they would have`, async () => {
    await using world = makeWorld({ origin: silent, limits: { headMs: 3_000, responseMs: 4_000 } });
    const [slow, waiting] = [await world.client(), await world.client()];
    await slow.send("GET http://allowed.test/ HTTP/1.1\r\n");
    await waiting.send(GET);
    await until(() => world.upstreams === 1, "the origin has the request");
    await world.pass(1_000);
    world.clock.jump(jumpMs);
    await world.pass(1_000);
    assertEquals([slow.received, waiting.received], ["", ""]);
    await world.pass(3_000);
    assertEquals(statusOf(await slow.readMessage()), 408);
    assertEquals(statusOf(await waiting.readMessage()), 504);
  });

  Deno.test(`a jump ${what}: a rule for a minute holds for a minute`, async () => {
    const other = GET.replaceAll("allowed.test", "runtime.test");
    await using world = makeWorld({ resolve: { "runtime.test": ["93.184.216.40"] } });
    world.proxy.policy.add({
      list: "allow",
      pattern: rulePattern("runtime.test"),
      scope: { kind: "minutes", minutes: 1 },
      from: "approval",
    });
    world.clock.jump(jumpMs);
    await world.pass(MINUTE - 2_000);
    assertEquals(statusOf(await world.ask(other)), 200);
    await world.pass(4_000);
    assertEquals(statusOf(await world.ask(other)), 403);
  });

  Deno.test(`a jump ${what}: no record tells of a time that was none`, async () => {
    await using world = makeWorld();
    await using client = await world.client();
    await client.send(GET);
    await client.readMessage();
    world.clock.jump(jumpMs);
    await client.send(GET);
    await client.readMessage();
    await client.send(GET.replaceAll("allowed", "denied"));
    await client.readMessage();
    client.close();
    await until(() => world.proxy.connections === 0, "it has left");
    const took = world.audit.flatMap((record) =>
      "doorward.duration_ms" in record ? [record["doorward.duration_ms"]] : []
    );
    assertEquals(took, [0, 0]);
  });
}
