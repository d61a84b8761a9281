import { assert, assertEquals, assertMatch } from "@std/assert";
import type { IpAddress } from "../../src/net/address/ip.ts";
import type { Resolver } from "../../src/net/ports.ts";
import { silent } from "../support/origin.ts";
import { ip } from "../support/policy.ts";
import { statusOf, type Wire, type WireMessage } from "../support/wire.ts";
import { makeWorld, type World, type WorldPolicy } from "../support/world.ts";

const POLICY: WorldPolicy = { allow: ["rebind.test"] };
const GET = "GET http://rebind.test/ HTTP/1.1\r\nHost: rebind.test\r\n\r\n";
const CONNECT = "CONNECT rebind.test:443 HTTP/1.1\r\nHost: rebind.test:443\r\n\r\n";
const PUBLIC = "93.184.216.34";

/** Answers each look-up with the next of `answers`. */
function changing(...answers: readonly (readonly string[])[]): Resolver {
  let index = 0;
  return (): Promise<readonly IpAddress[]> =>
    Promise.resolve(answers[Math.min(index++, answers.length - 1)]!.map(ip));
}

function worldOf(resolve: Resolver | readonly string[], policy = POLICY): World {
  return makeWorld({ policy, resolve: { "rebind.test": resolve } });
}

function reasonOf({ body }: WireMessage): string {
  return /"reason":"([a-z_]+)"/.exec(body)![1]!;
}

async function status(client: Wire): Promise<number> {
  await client.send(GET);
  return statusOf(await client.readMessage());
}

// An allowed name that leads inside.
const INSIDE = [
  "127.0.0.1",
  "10.0.0.1",
  "192.168.1.1",
  "172.16.0.1",
  "169.254.169.254",
  "100.100.100.200",
  "168.63.129.16",
  "0.0.0.0",
  "::1",
  "::",
  "::ffff:127.0.0.1",
  "::ffff:169.254.169.254",
  "64:ff9b::a00:1",
  "2002:7f00:1::",
  "fe80::1",
  "fd00::1",
  "fd00:ec2::254",
  "ff02::1",
];

for (const address of INSIDE) {
  Deno.test(`rebinding: an allowed name that leads to ${address} is not allowed`, async () => {
    await using world = worldOf([address]);
    for (const request of [GET, CONNECT]) {
      const answer = await world.ask(request);
      assertEquals(statusOf(answer), 403);
      assertEquals(reasonOf(answer), "not_allowed_local");
      // That it leads inside is told, where inside is not.
      assert(!answer.raw.includes(address), answer.raw);
    }
    assertEquals(world.dialled, []);
    assertEquals(world.lookups.length, 2);
  });
}

// Public when it is checked, private when it is dialled.
Deno.test("rebinding: one look-up for one dial, and what was checked is what is dialled", async () => {
  for (const request of [GET, CONNECT]) {
    await using world = worldOf(changing([PUBLIC], ["127.0.0.1"]));
    await using client = await world.client();
    await client.send(request);
    assertMatch(await client.readHead(), /^HTTP\/1\.1 200 /);
    assertEquals(world.lookups, ["rebind.test"]);
    assertEquals(world.dialled.map((at) => at.split(":")[0]), [PUBLIC]);
  }
});

Deno.test("rebinding: a name that turns inside is refused at the next connection", async () => {
  await using world = worldOf(changing([PUBLIC], ["127.0.0.1"]));
  assertEquals(statusOf(await world.ask(GET)), 200);
  const second = await world.ask(GET);
  assertEquals([statusOf(second), reasonOf(second)], [403, "not_allowed_local"]);
  assertEquals(world.dialled, [`${PUBLIC}:80`]);
});

// One bad address is enough, wherever it stands.
Deno.test("rebinding: an answer of public and private addresses is refused whole", async () => {
  const answers = [
    [PUBLIC, "127.0.0.1"],
    ["127.0.0.1", PUBLIC],
    [PUBLIC, "::1"],
    ["fd00::1", PUBLIC],
    [...Array.from({ length: 40 }, (_, at) => `93.184.216.${at + 1}`), "10.0.0.1"],
  ];
  for (const answer of answers) {
    await using world = worldOf(answer);
    for (const request of [GET, CONNECT]) {
      assertEquals(reasonOf(await world.ask(request)), "not_allowed_local", answer.join());
    }
    assertEquals(world.dialled, []);
  }
});

Deno.test("rebinding: of a thousand addresses all are judged and a few are tried", async () => {
  const thousand = Array.from({ length: 1000 }, (_, at) => `93.184.${at >> 8}.${at & 255}`);
  await using world = makeWorld({
    policy: POLICY,
    resolve: { "rebind.test": thousand },
    limits: { dnsAddresses: 3 },
    dial: () => Promise.reject(new Deno.errors.ConnectionRefused("no")),
    troubled: true,
  });
  assertEquals(statusOf(await world.ask(GET)), 500);
  assertEquals(world.dialled, ["93.184.0.0:80", "93.184.0.1:80", "93.184.0.2:80"]);
});

// A connection that is kept was made under a policy that may be gone.
Deno.test("rebinding: a kept connection is asked about again, by name and by address", async () => {
  const stricter: readonly WorldPolicy[] = [
    {},
    { ...POLICY, deny: ["rebind.test"] },
    { ...POLICY, deny: [PUBLIC] },
    { ...POLICY, deny: ["93.184.216.0/24"] },
    { ...POLICY, enabled: false },
  ];
  for (const policy of stricter) {
    await using world = worldOf([PUBLIC]);
    await using client = await world.client();
    assertEquals(await status(client), 200);
    world.setPolicy(policy);
    assert(await status(client) >= 400);
    assertEquals([world.dialled.length, world.upstreams], [1, 0]);
  }
});

Deno.test("rebinding: local addresses that were open are shut on kept connections too", async () => {
  await using world = worldOf(["10.0.0.1"], { ...POLICY, allowLocalBinding: true });
  await using client = await world.client();
  assertEquals(await status(client), 200);
  world.setPolicy(POLICY);
  assertEquals(await status(client), 403);
  assertEquals(world.dialled, ["10.0.0.1:80"]);
});

Deno.test("rebinding: a kept connection serves the name it was made for, not its address", async () => {
  const other = "GET http://other.test/ HTTP/1.1\r\nHost: other.test\r\n\r\n";
  await using world = makeWorld({
    policy: { allow: ["rebind.test", "other.test"] },
    resolve: { "rebind.test": [PUBLIC], "other.test": [PUBLIC] },
  });
  await using client = await world.client();
  assertEquals(await status(client), 200);
  await client.send(other);
  await client.readMessage();
  assertEquals(world.lookups, ["rebind.test", "other.test"]);
  assertEquals(world.dialled.length, 2);
});

// A name that is not allowed must not even be asked for, or it carries data out.
Deno.test("rebinding: a name that is not allowed never reaches a resolver", async () => {
  await using world = makeWorld({
    policy: { allow: ["ok.test"], deny: ["evil.test", "*.evil.test"] },
  });
  for (const name of ["c2VjcmV0.evil.test", "c2VjcmV0.unlisted.test", "x.localhost"]) {
    for (const request of [GET, CONNECT]) {
      assertEquals(statusOf(await world.ask(request.replaceAll("rebind.test", name))), 403);
    }
  }
  assertEquals(world.lookups, []);
});

Deno.test("rebinding: an answer in the form of a name's own literal is no exception", async () => {
  // 10.0.0.1 has its own entry: it may be asked for, but a name does not become it.
  await using world = makeWorld({
    policy: { allow: ["rebind.test", "10.0.0.1"] },
    origin: silent,
    resolve: { "rebind.test": ["10.0.0.1"] },
  });
  assertEquals(reasonOf(await world.ask(GET)), "not_allowed_local");
  await using direct = await world.client();
  await direct.send("CONNECT 10.0.0.1:443 HTTP/1.1\r\nHost: 10.0.0.1:443\r\n\r\n");
  assertMatch(await direct.readHead(), /^HTTP\/1\.1 200 /);
});
