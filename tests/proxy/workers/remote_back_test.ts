import { assertEquals, assertStringIncludes } from "@std/assert";
import { closesOf, decisionsOf } from "../../support/audit_records.ts";
import { eventsOf } from "../../support/feed.ts";
import { until } from "../../support/in_time.ts";
import { ALLOWED, makeWorld } from "../../support/world.ts";

function get(host: string): string {
  return `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
}

Deno.test("what a worker does is written down as what the main isolate does", async () => {
  const told: unknown[] = [];
  for (const worker of [false, true]) {
    await using world = makeWorld({ worker, policy: { allow: [ALLOWED, "nowhere.test"] } });
    for (const host of [ALLOWED, "denied.test", "nowhere.test"]) await world.ask(get(host));
    await until(() => closesOf(world.audit).length === 2, "both ends are recorded");
    const known = (
      { "client.address": _, "doorward.instance": __, "doorward.listener": ___, ...rest }: Record<
        string,
        unknown
      >,
    ) => rest;
    const decisions = await eventsOf(world.proxy.feed, "decision");
    told.push({
      records: [...decisionsOf(world.audit), ...closesOf(world.audit)].map((record) =>
        known(record as never)
      ),
      decisions: decisions.map(({ client: _, listener: __, ...rest }) => rest),
      blocked: world.blocked.map(({ client: _, listener: __, ...rest }) => rest),
      totals: world.proxy.tally.totals,
    });
  }
  assertEquals(told[1], told[0]);
});

Deno.test("what a worker cannot tell its client is told of by the main isolate", async () => {
  await using world = makeWorld({ worker: true });
  const client = await world.client();
  await client.send("\x05\x01\x00");
  await client.readExactly(2);
  await client.send("\x05\x01\x00\x03\x0bdenied.test\x00\x50");
  await client.readExactly(10);
  await until(() => world.unsaid.length > 0, "it is told");
  assertStringIncludes(world.unsaid.join("\n"), "denied.test");
});

Deno.test("limits that a worker comes to are counted by the main isolate", async () => {
  await using world = makeWorld({ worker: true, limits: { headBytes: 1024 }, troubled: true });
  await world.ask(
    `GET http://${ALLOWED}/ HTTP/1.1\r\nHost: ${ALLOWED}\r\nX: ${"x".repeat(2000)}\r\n\r\n`,
  );
  const count = () => world.proxy.limits.counts.find(({ limit }) => limit === "head_bytes")?.count;
  await until(() => count() === 1, "it is counted");
});
