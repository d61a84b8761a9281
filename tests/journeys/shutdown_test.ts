import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import { authorityFor, makeInside } from "../support/inside.ts";
import { inTime, turn, until } from "../support/in_time.ts";
import { ok, type Script, silent } from "../support/origin.ts";
import { pseudo } from "../support/raw_http2.ts";
import { statusOf } from "../support/wire.ts";
import { makeWorld, type World } from "../support/world.ts";

const GET = "GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n";
const CONNECT = "CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test:443\r\n\r\n";

/** Answers once the test says so. */
function holding(): { script: Script; release: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    release: resolve,
    script: async (wire) => {
      await wire.readMessage();
      await promise;
      await wire.send(ok());
    },
  };
}

async function originHasRequest(world: World): Promise<void> {
  const origin = await world.origin.connection();
  await until(() => origin.received.includes("\r\n\r\n"), "the origin has the request");
}

Deno.test("an idle connection is closed at once, kept upstream and all", async () => {
  await using world = makeWorld();
  await using client = await world.client();
  await client.send(GET);
  await client.readMessage();
  assertEquals(world.upstreams, 1);
  await inTime(world.proxy.shutdown(60_000), "the shutdown, which waits for nobody");
  await client.readEnd();
  assertEquals([world.proxy.connections, world.upstreams], [0, 0]);
});

Deno.test("a request under way is answered, with the word that it was the last", async () => {
  const { script, release } = holding();
  await using world = makeWorld({ origin: script });
  await using client = await world.client();
  await client.send(GET);
  await originHasRequest(world);
  const closed = world.proxy.shutdown(60_000);
  await turn();
  release();
  const answer = await client.readMessage();
  assertEquals([statusOf(answer), answer.body], [200, "hello"]);
  assertStringIncludes(answer.raw, "Connection: close\r\n");
  client.close();
  await inTime(closed, "the shutdown");
});

Deno.test("a connection of HTTP/2 inside a tunnel ends with the last of what is under way", async () => {
  const held = Promise.withResolvers<void>();
  await using inside = await makeInside(await authorityFor("DNS:allowed.test"), {
    origin: {
      answer: ({ path }, response) => {
        if (path === "/now") return void response.end("hello");
        held.promise.then(() => response.end("hello".repeat(10_000)));
      },
    },
  });
  const client = await inside.http2();
  const ids = [await client.send(pseudo({ path: "/now" })), await client.send(pseudo())];
  await until(() => inside.origin.arrived.length === 2, "the origin has both requests");
  await client.answerOf(ids[0]!);
  const closed = inside.world.proxy.shutdown(60_000);
  await turn();
  held.resolve();
  assertEquals((await client.answerOf(ids[1]!)).body, "hello".repeat(10_000));
  await inTime(closed, "the shutdown, which has nobody to wait for");
});

Deno.test("a request that does not end in time is cut off", async () => {
  await using world = makeWorld({ origin: silent });
  await using client = await world.client();
  await client.send(GET);
  await originHasRequest(world);
  const closed = world.proxy.shutdown(5_000);
  await world.pass(4_500, closed);
  assertEquals(client.ending, null);
  await world.pass(2_000, closed);
  await inTime(closed, "the shutdown");
  await client.readEnd();
  assertEquals([world.proxy.connections, world.upstreams], [0, 0]);
});

Deno.test("a tunnel gets its grace and is cut off then", async () => {
  await using world = makeWorld({ origin: silent });
  await using client = await world.client();
  await client.send(CONNECT);
  await client.readHead();
  const origin = await world.origin.connection();
  const closed = world.proxy.shutdown(5_000);
  await turn();
  await client.send("still open");
  await origin.readUntil("still open");
  await world.pass(6_000, closed);
  await inTime(closed, "the shutdown");
  await Promise.all([client.readEnd(), origin.readEnd()]);
  assertEquals(world.upstreams, 0);
});

Deno.test("a tunnel whose origin takes nothing more is cut off too", async () => {
  // As a full socket does: the write does not end before the stream is closed.
  const stuck = Promise.withResolvers<number>();
  await using world = makeWorld({
    origin: silent,
    wrap: (stream) => ({
      ...stream,
      write: () => stuck.promise,
      close: () => {
        stuck.reject(new Deno.errors.Interrupted("closed"));
        stream.close();
      },
    }),
  });
  await using client = await world.client();
  await client.send(CONNECT);
  await client.readHead();
  await client.send("it is not taken");
  await turn();
  await inTime(world.proxy.shutdown(0), "the shutdown");
  assertEquals(world.upstreams, 0);
});

Deno.test("a second shutdown without grace ends the first at once", async () => {
  await using world = makeWorld({ origin: silent });
  await using client = await world.client();
  await client.send(GET);
  await originHasRequest(world);
  const patient = world.proxy.shutdown(60_000);
  await turn();
  await inTime(world.proxy.shutdown(0), "the shutdown without grace");
  await inTime(patient, "the shutdown with grace");
  await client.readEnd();
});

Deno.test("after a shutdown nobody is accepted, and time limits are over", async () => {
  const world = makeWorld();
  await using client = await world.client();
  await client.send(GET);
  await client.readMessage();
  await world.proxy.shutdown(0);
  assertEquals(world.clock.sleeping, 0);
  const nobody = new AbortController().signal;
  await assertRejects(() => tcpDialer(world.proxy.address, nobody));
  await world[Symbol.asyncDispose]();
});

Deno.test("a client that connects while the proxy shuts down is not left behind", async () => {
  for (let round = 0; round < 20; round++) {
    const world = makeWorld();
    // Connected, and perhaps accepted by the system, but not yet seen by the proxy.
    const clients = Array.from({ length: 4 }, () => world.client().catch(() => null));
    await Promise.race(clients);
    await inTime(world.proxy.shutdown(0), "the shutdown");
    assertEquals(world.proxy.connections, 0);
    await Promise.all(clients);
    await world[Symbol.asyncDispose]();
  }
});

Deno.test("shutting down while names are looked up and addresses dialled leaves nothing", async () => {
  for (const stage of ["resolve", "dial"] as const) {
    const asked = Promise.withResolvers<void>();
    const never = (signal: AbortSignal) => {
      asked.resolve();
      const { promise, reject } = Promise.withResolvers<never>();
      signal.addEventListener("abort", () => reject(signal.reason));
      return promise;
    };
    await using world = makeWorld(
      stage === "dial"
        ? { dial: (_, signal) => never(signal) }
        : { resolve: { "allowed.test": (_, signal) => never(signal) } },
    );
    for (const request of [GET, CONNECT]) {
      const client = await world.client();
      await client.send(request);
    }
    await asked.promise;
    await inTime(world.proxy.shutdown(0), "the shutdown");
    assertEquals([world.proxy.connections, world.upstreams], [0, 0]);
  }
});
