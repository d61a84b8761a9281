import { assertEquals } from "@std/assert";
import { statusOf } from "../../support/wire.ts";
import { ALLOWED, ALLOWED_IP, makeWorld } from "../../support/world.ts";
import { until } from "../../support/in_time.ts";
import { silent } from "../../support/origin.ts";

const GET = `GET http://${ALLOWED}/ HTTP/1.1\r\nHost: ${ALLOWED}\r\n\r\n`;

Deno.test("a worker serves with the ways out that it is given", async () => {
  await using world = makeWorld({ worker: true });
  assertEquals((await world.ask(GET)).body, "hello");
  assertEquals([world.lookups, world.dialled], [[ALLOWED], [`${ALLOWED_IP}:80`]]);
});

Deno.test("a worker follows each policy, and closes what that does not let through", async () => {
  await using world = makeWorld({ worker: true, origin: silent });
  const client = await world.client();
  await client.send(`CONNECT ${ALLOWED}:443 HTTP/1.1\r\nHost: ${ALLOWED}:443\r\n\r\n`);
  await client.readHead();
  assertEquals(await world.proxy.policy.everywhere(world.proxy.policy.setMode("limited")), 1);
  await client.readEnd();
});

Deno.test("a worker tells of its connections, and closes the one that is named", async () => {
  await using world = makeWorld({ worker: true, origin: silent });
  const client = await world.client();
  await until(() => world.proxy.connections === 1, "it is told of");
  await world.proxy.live.refresh();
  const [listed] = world.proxy.live.list();
  assertEquals([listed!.id, world.proxy.live.opened], [1, 1]);
  assertEquals(world.proxy.live.close(1), true);
  await client.readEnd();
  await until(() => world.proxy.connections === 0, "it is told of, too");
});

Deno.test("a listener that comes later is the main isolate's, and no destination of a worker", async () => {
  await using world = makeWorld({
    worker: true,
    policy: { allow: ["127.0.0.1"], allowLocalBinding: true },
  });
  await using added = world.proxy.addListener({ label: null, command: null, execPolicyHint: null });
  const at = `127.0.0.1:${added.address.port}`;
  const answer = await world.ask(`GET http://${at}/ HTTP/1.1\r\nHost: ${at}\r\n\r\n`);
  assertEquals([statusOf(answer), world.blocked[0]?.reason], [403, "own_listener"]);
});
