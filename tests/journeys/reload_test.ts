import { assertEquals } from "@std/assert";
import { ok, type Script, silent } from "../support/origin.ts";
import { ip } from "../support/policy.ts";
import { statusOf, type Wire } from "../support/wire.ts";
import { ALLOWED_IP, makeWorld } from "../support/world.ts";

const GET = "GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n";
const ALLOW = { allow: ["allowed.test"] };

async function statusAfter(client: Wire, request: string): Promise<number> {
  await client.send(request);
  return statusOf(await client.readMessage());
}

// A new check for each request, reused connection or not.
Deno.test("a policy that no longer allows a host stops the next request on a kept connection", async () => {
  await using world = makeWorld({ policy: ALLOW });
  await using client = await world.client();
  assertEquals(await statusAfter(client, GET), 200);
  world.setPolicy({});
  assertEquals(await statusAfter(client, GET), 403);
  world.setPolicy(ALLOW);
  assertEquals(await statusAfter(client, GET), 200);
  assertEquals(world.origin.received.split("GET /").length - 1, 2);
});

Deno.test("a policy that denies the address behind a host stops it on a kept connection", async () => {
  await using world = makeWorld({ policy: ALLOW });
  await using client = await world.client();
  assertEquals(await statusAfter(client, GET), 200);
  world.setPolicy({ ...ALLOW, deny: [ALLOWED_IP] });
  assertEquals(await statusAfter(client, GET), 403);
  await (await world.origin.connection()).readAll();
  assertEquals([world.upstreams, world.dialled.length], [0, 1]);
});

Deno.test("a policy that denies the address of before lets the one of now pass", async () => {
  let address = ALLOWED_IP;
  await using world = makeWorld({
    policy: ALLOW,
    resolve: { "allowed.test": () => Promise.resolve([ip(address)]) },
  });
  await using client = await world.client();
  assertEquals(await statusAfter(client, GET), 200);
  world.setPolicy({ ...ALLOW, deny: [ALLOWED_IP] });
  address = "93.184.216.35";
  assertEquals(await statusAfter(client, GET), 200);
  assertEquals(world.dialled, [`${ALLOWED_IP}:80`, "93.184.216.35:80"]);
});

Deno.test("a switch to limited mode stops the next POST, and lets the next GET pass", async () => {
  await using world = makeWorld({ policy: ALLOW });
  await using client = await world.client();
  const post =
    "POST http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\nContent-Length: 0\r\n\r\n";
  assertEquals(await statusAfter(client, post), 200);
  world.setPolicy({ ...ALLOW, mode: "limited" });
  assertEquals(await statusAfter(client, post), 403);
  assertEquals(await statusAfter(client, GET), 200);
});

Deno.test("a proxy that is switched off answers 503 on kept connections too", async () => {
  await using world = makeWorld({ policy: ALLOW });
  await using client = await world.client();
  assertEquals(await statusAfter(client, GET), 200);
  world.setPolicy({ ...ALLOW, enabled: false });
  assertEquals(await statusAfter(client, GET), 503);
});

Deno.test("a policy that allows more is obeyed by the next request", async () => {
  await using world = makeWorld({ policy: {}, resolve: { "other.test": ["93.184.216.35"] } });
  await using client = await world.client();
  assertEquals(await statusAfter(client, GET), 403);
  world.setPolicy({ allow: ["*.test"] });
  assertEquals(await statusAfter(client, GET), 200);
  assertEquals(await statusAfter(client, GET.replaceAll("allowed", "other")), 200);
});

// Whatever was decided before a connection is made is decided again where the policy has changed meanwhile.
Deno.test("a request whose name is being looked up is judged by the policy that comes meanwhile", async () => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  await using world = makeWorld({
    policy: ALLOW,
    resolve: {
      "allowed.test": async () => {
        asked.resolve();
        await answer.promise;
        return [ip(ALLOWED_IP)];
      },
    },
  });
  await using client = await world.client();
  await client.send(GET);
  await asked.promise;
  world.setPolicy({});
  answer.resolve();
  assertEquals(statusOf(await client.readMessage()), 403);
  assertEquals(world.dialled, []);
});

Deno.test("a response that is under way ends where its host is no longer allowed", async () => {
  const slow: Script = async (wire) => {
    await wire.readHead();
    await wire.send(ok("12345").slice(0, -2));
  };
  await using world = makeWorld({ policy: ALLOW, origin: slow });
  await using client = await world.client();
  await client.send(GET);
  await client.readUntil("\r\n\r\n123");
  world.setPolicy({});
  await client.readEnd();
  assertEquals(world.upstreams, 0);
});

Deno.test("a response that is under way goes on where its host is still allowed", async () => {
  const slow: Script = async (wire) => {
    await wire.readHead();
    await wire.send(ok("12345").slice(0, -2));
  };
  await using world = makeWorld({ policy: ALLOW, origin: slow });
  await using client = await world.client();
  await client.send(GET);
  await client.readUntil("\r\n\r\n123");
  world.setPolicy({ allow: ["*.test"] });
  await (await world.origin.connection()).send("45");
  assertEquals(await client.readExactly(2), "45");
});

Deno.test("a tunnel that is open is closed where its host is no longer allowed", async () => {
  await using world = makeWorld({ policy: ALLOW, origin: silent });
  await using client = await world.client();
  await client.send("CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test:443\r\n\r\n");
  await client.readHead();
  world.setPolicy({});
  await client.readEnd();
  await (await world.origin.connection()).readEnd();
});

Deno.test("a tunnel that is open stays open where its host is still allowed", async () => {
  await using world = makeWorld({ policy: ALLOW, origin: silent });
  await using client = await world.client();
  await client.send("CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test:443\r\n\r\n");
  await client.readHead();
  world.setPolicy({ allow: ["*.test"] });
  await client.send("still open");
  await (await world.origin.connection()).readUntil("still open");
});
