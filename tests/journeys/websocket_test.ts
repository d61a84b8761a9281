import { assertEquals, assertStringIncludes } from "@std/assert";
import { until } from "../support/in_time.ts";
import type { Script } from "../support/origin.ts";
import { reachedOf } from "../support/reached.ts";
import { fieldOf, statusOf } from "../support/wire.ts";
import { makeWorld } from "../support/world.ts";

const HANDSHAKE = "GET http://allowed.test/chat HTTP/1.1\r\nHost: allowed.test\r\n" +
  "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

const SWITCHING = "HTTP/1.1 101 Switching Protocols\r\n" +
  "Upgrade: websocket\r\nConnection: Upgrade\r\n" +
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";

/** Accepts the handshake, greets, and echoes. */
const echo: Script = async (wire) => {
  await wire.readHead();
  await wire.send(`${SWITCHING}\r\ngreeting`);
  while (wire.ending === null) await wire.send(await wire.readExactly(4));
};

Deno.test("a WebSocket opens over plain HTTP, and frames go both ways", async () => {
  await using world = makeWorld({ origin: echo, via: false });
  await using client = await world.client();
  await client.send(HANDSHAKE);
  const head = await client.readHead();
  assertStringIncludes(head, "HTTP/1.1 101 Switching Protocols\r\n");
  assertStringIncludes(head, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n");
  assertStringIncludes(head, "Upgrade: websocket\r\nConnection: Upgrade\r\n");
  assertEquals(await client.readExactly(8), "greeting");
  await client.send("ping");
  assertEquals(await client.readExactly(4), "ping");
  assertEquals(
    (await world.origin.connection()).received.split("\r\n\r\n")[0],
    "GET /chat HTTP/1.1\r\nHost: allowed.test\r\n" +
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
      "Upgrade: websocket\r\nConnection: Upgrade",
  );
});

Deno.test("frames that come with the handshake reach the origin after it", async () => {
  await using world = makeWorld({ origin: echo });
  await using client = await world.client();
  await client.send(`${HANDSHAKE}ping`);
  await client.readUntil("greeting");
  assertEquals(await client.readExactly(4), "ping");
});

Deno.test("a WebSocket ends with either side, and half-closes before", async () => {
  const closing: Script = async (wire) => {
    await wire.readHead();
    await wire.send(`${SWITCHING}\r\n`);
    await wire.readUntil("close");
    await wire.send("bye");
    await wire.closeWrite();
  };
  await using world = makeWorld({ origin: closing });
  await using client = await world.client();
  await client.send(HANDSHAKE);
  await client.readHead();
  await client.send("close");
  await client.closeWrite();
  assertEquals(await client.readAll(), "bye");
  await until(() => world.proxy.connections === 0 && world.upstreams === 0, "both sides are free");
});

Deno.test("a WebSocket in which nobody speaks is closed", async () => {
  await using world = makeWorld({ origin: echo, limits: { tunnelIdleMs: 5_000 } });
  await using client = await world.client();
  await client.send(HANDSHAKE);
  await client.readUntil("greeting");
  const ended = client.readEnd();
  await world.pass(7_000, ended);
  await ended;
  assertEquals(reachedOf(world), { tunnel_idle_seconds: 1 });
});

Deno.test("an origin that declines answers as to any request", async () => {
  const declining: Script = async (wire) => {
    await wire.readHead();
    await wire.send("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno");
    await wire.readHead();
    await wire.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes");
  };
  await using world = makeWorld({ origin: declining });
  await using client = await world.client();
  await client.send(HANDSHAKE);
  assertEquals(statusOf(await client.readMessage()), 426);
  await client.send(HANDSHAKE);
  assertEquals((await client.readMessage()).body, "yes");
  assertEquals(world.dialled.length, 1);
});

Deno.test("a WebSocket to a host that is not allowed is blocked like any request", async () => {
  await using world = makeWorld();
  const answer = await world.ask(HANDSHAKE.replaceAll("allowed.test", "denied.test"));
  assertEquals(statusOf(answer), 403);
  assertEquals(fieldOf(answer, "x-proxy-error"), "blocked-by-allowlist");
  assertEquals(world.lookups, []);
});
