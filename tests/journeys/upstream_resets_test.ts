// Origins that reset their connection (RST) at every stage, and what their clients, and others, see of it.
import { assert, assertEquals } from "@std/assert";
import { createServer } from "node:net";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import { serveHttp } from "../soak/fickle_origin.ts";
import { until } from "../support/in_time.ts";
import { listening } from "../support/listening.ts";
import { ip } from "../support/policy.ts";
import { statusOf } from "../support/wire.ts";
import { makeWorld, type World } from "../support/world.ts";

const CONNECT = "CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test:443\r\n\r\n";
const UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\n";

/** What a client sees of an origin that resets there. */
const SEEN: Readonly<Record<string, RegExp>> = {
  before: /^HTTP\/1\.1 502 /,
  head: /^HTTP\/1\.1 502 /,
  length: /^HTTP\/1\.1 200 OK\r\n(?!.*hello)/s,
  chunk: /^HTTP\/1\.1 200 OK\r\n(?!.*0\r\n\r\n$)/s,
  switched: /^HTTP\/1\.1 101 /,
};

/** Whatever address is dialled leads to an origin that resets where the path says. */
async function testResets(fn: (world: World) => Promise<void>): Promise<void> {
  const server = createServer((socket) => serveHttp(socket, () => void socket.resetAndDestroy()));
  const port = await listening(server);
  try {
    await using world = makeWorld({
      dial: (_, signal) => tcpDialer({ ip: ip("127.0.0.1"), port }, signal),
    });
    await fn(world);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

for (const [stage, seen] of Object.entries(SEEN)) {
  Deno.test(`an origin that resets at "${stage}": the client is told, or cut off, and nobody else`, async () => {
    await testResets(async (world) => {
      const get = (path: string) =>
        `GET http://allowed.test/${path} HTTP/1.1\r\nHost: allowed.test\r\n` +
        `${path === "switched" ? UPGRADE : ""}\r\n`;
      await using steady = await world.client();
      for (let round = 0; round < 3; round++) {
        await using client = await world.client();
        await client.send(get(stage));
        // Its own answer says when it is over; everything else ends with the connection.
        if (seen.source.includes("502")) assertEquals(statusOf(await client.readMessage()), 502);
        else await client.readAll();
        assert(seen.test(client.received), client.received);
        await steady.send(get("ok"));
        assertEquals((await steady.readMessage()).body, "hello");
      }
      await until(() => world.upstreams === 1, "only the steady client has an origin");
    });
  });

  Deno.test(`an origin that resets at "${stage}" in a tunnel takes the client with it`, async () => {
    await testResets(async (world) => {
      await using client = await world.client();
      await client.send(CONNECT);
      await client.readHead();
      await client.send(`GET /${stage} HTTP/1.1\r\nHost: allowed.test\r\n\r\n`);
      await until(() => client.ending !== null, "the tunnel is over");
      await until(() => world.upstreams === 0, "the origin is let go");
    });
  });
}
