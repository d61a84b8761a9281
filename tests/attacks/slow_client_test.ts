import { assert, assertEquals } from "@std/assert";
import { allOver, crowd } from "../support/crowd.ts";
import { authorityFor, makeInside } from "../support/inside.ts";
import { until } from "../support/in_time.ts";
import { clientHello } from "../support/hello.ts";
import { ok, type Script, silent } from "../support/origin.ts";
import { pseudo } from "../support/raw_http2.ts";
import { reachedOf } from "../support/reached.ts";
import { GREETING, NO_AUTH } from "../support/socks.ts";
import { statusOf } from "../support/wire.ts";
import { makeWorld } from "../support/world.ts";

const GET = "GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n";
const HOUR = 3_600_000;

// One byte now and then, for ever.
Deno.test("slow client: a head a byte at a time ends at its limit, and nobody else notices", async () => {
  await using world = makeWorld({ limits: { headMs: 3_000, idleMs: HOUR } });
  const slow = await crowd(world, 50, "GET http://allowed.test/ HTTP/1.1\r\nX: ");
  for (let second = 0; second < 2; second++) {
    await world.pass(1_000);
    for (const client of slow) await client.send("x");
    assertEquals(statusOf(await world.ask(GET)), 200);
  }
  await allOver(world, slow, 5_000);
  for (const client of slow) assert(client.received.startsWith("HTTP/1.1 408 "), client.received);
  await until(() => world.proxy.connections === 0, "all have been let go");
});

/** The other entrances: how a client comes there, and what it says a byte at a time. */
const ENTRANCES: readonly (readonly [what: string, before: string, bytes: string, said: string])[] =
  [
    ["a head of CONNECT", "", "CONNECT allowed.test:443", "HTTP/1.1 408 "],
    ["a greeting of SOCKS5", "", "\x05\xff\x01\x01\x01\x01", ""],
    ["a request of SOCKS5", GREETING, "\x05\x01\x00\x03\x0call", NO_AUTH],
  ];

for (const [what, before, bytes, said] of ENTRANCES) {
  Deno.test(`slow client: ${what} a byte at a time ends at its limit, and nobody else notices`, async () => {
    await using world = makeWorld({ limits: { headMs: 3_000, idleMs: HOUR } });
    const slow = await crowd(world, 50, before + bytes[0]);
    for (let second = 1; second < 3; second++) {
      await world.pass(1_000);
      for (const client of slow) await client.send(bytes[second]!);
      assertEquals(statusOf(await world.ask(GET)), 200);
    }
    assert(slow.every((client) => client.ending === null), "none is dropped before");
    await allOver(world, slow, 3_000);
    for (const { received } of slow) assertEquals(received.slice(0, said.length || 1), said);
    await until(() => world.proxy.connections === 0, "all have been let go");
    assertEquals(world.dialled, ["93.184.216.34:80", "93.184.216.34:80"]);
  });
}

Deno.test("slow client: a ClientHello a byte at a time ends at its limit, and nobody else notices", async () => {
  await using inside = await makeInside(await authorityFor("DNS:allowed.test"), {
    world: { limits: { headMs: 3_000, idleMs: HOUR } },
  });
  const { world } = inside;
  const hello = clientHello({ names: ["allowed.test"] });
  const slow = await Promise.all(Array.from({ length: 50 }, () => inside.tunnel()));
  for (let second = 0; second < 2; second++) {
    for (const client of slow) await client.send(hello.subarray(second, second + 1));
    await world.pass(1_000);
    assertEquals(statusOf(await world.ask(GET)), 200);
  }
  assert(slow.every((client) => client.ending === null), "none is dropped before");
  await allOver(world, slow, 3_000);
  await until(() => world.proxy.connections === 0, "all have been let go");
  assertEquals(inside.origin.connections, 0);
});

Deno.test("slow client: one that connects and says nothing ends at its limit", async () => {
  await using world = makeWorld({ limits: { firstByteMs: 3_000 } });
  const mute = await crowd(world, 50, "");
  assertEquals(statusOf(await world.ask(GET)), 200);
  await allOver(world, mute, 6_000);
});

// Empty lines are no beginning; at the limit for idle connections they end as well.
Deno.test("slow client: an empty line holds nothing open", async () => {
  await using world = makeWorld({ limits: { headMs: 2_000, idleMs: 3_000 } });
  const empty = await crowd(world, 3, "\r\n");
  await allOver(world, empty, 6_000);
  const half = await crowd(world, 3, "\r");
  await allOver(world, half, 6_000);
});

Deno.test("slow client: an upload that stops ends at its limit, and frees the origin", async () => {
  await using world = makeWorld({ origin: silent, limits: { bodyIdleMs: 3_000 } });
  const post = GET.replace("GET", "POST").replace("\r\n\r\n", "\r\nContent-Length: 1000\r\n\r\nx");
  const slow = await crowd(world, 20, post);
  await until(() => world.upstreams === 20, "the origin has them all");
  await allOver(world, slow, 5_000);
  await until(() => world.upstreams === 0, "the origin has none any more");
});

Deno.test("slow client: one that reads nothing is dropped, and its origin let go", async () => {
  const flood: Script = async (wire) => {
    await wire.readHead();
    await wire.send("HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n");
    const megabyte = new Uint8Array(1024 * 1024);
    while (wire.ending === null) await wire.send(megabyte).catch(() => wire.close());
  };
  await using world = makeWorld({ origin: flood, limits: { bodyIdleMs: 3_000 } });
  const client = await world.client({ paused: true });
  await client.send(GET);
  const freed = until(() => world.dialled.length === 1 && world.upstreams === 0, "it is let go");
  await world.pass(600_000, freed);
  await freed;
});

Deno.test("slow client: one that asks on and on and reads no answer is dropped", async () => {
  await using world = makeWorld({ limits: { bodyIdleMs: 3_000 } });
  const client = await world.client({ paused: true });
  const denied = GET.replaceAll("allowed", "denied").repeat(1000);
  const sending = (async () => {
    for (let round = 0; round < 200; round++) await client.send(denied);
  })().catch(() => "it was cut off");
  const freed = until(() => world.proxy.connections === 0, "it is let go");
  await world.pass(600_000, freed);
  await freed;
  assertEquals(await sending, "it was cut off");
});

Deno.test("slow client: a full house of slow ones is told from the start, and empties", async () => {
  await using world = makeWorld({ limits: { connections: 10, headMs: 3_000 }, troubled: true });
  const slow = await crowd(world, 10, "GET ");
  await until(() => world.proxy.connections === 10, "the house is full");
  assert((await world.exchange("")).startsWith("HTTP/1.1 503 "));
  await allOver(world, slow, 5_000);
  await until(() => world.proxy.connections === 0, "the house is empty");
  assertEquals(statusOf(await world.ask(GET)), 200);
});

Deno.test("slow client: a slow answer holds up its own client only", async () => {
  const release = Promise.withResolvers<void>();
  const script: Script = async (wire) => {
    const { start } = await wire.readMessage();
    if (start.includes("/slow")) await release.promise;
    await wire.send(ok());
  };
  await using world = makeWorld({ origin: script });
  const slow = await crowd(world, 20, GET.replace("/ ", "/slow "));
  assertEquals(statusOf(await world.ask(GET)), 200);
  release.resolve();
  for (const client of slow) assertEquals(statusOf(await client.readMessage()), 200);
});

for (
  const [what, pairs, body] of [
    ["was answered once", pseudo(), {}],
    ["holds an upload back", pseudo({ method: "POST" }), { data: ["part"], open: true }],
  ] as const
) {
  Deno.test(`slow client: a connection of HTTP/2 that ${what} ends at the limit for idle ones`, async () => {
    const limits = { bodyIdleMs: 3_000, idleMs: 5_000 };
    await using inside = await makeInside(await authorityFor("DNS:allowed.test"), {
      world: { limits },
    });
    const { world } = inside;
    const client = await inside.http2();
    const answered = client.ask(pairs, body);
    await until(() => inside.origin.connections === 1, "the origin is reached");
    await world.pass(limits.bodyIdleMs + 1_000, answered);
    await answered;
    // Behind a refusal it may still finish what it is sending, for two seconds.
    await world.pass(limits.idleMs + 4_000);
    await until(() => world.proxy.connections === 0, "the connection is closed");
    assertEquals(reachedOf(world)["idle_seconds"], 1);
  });
}
