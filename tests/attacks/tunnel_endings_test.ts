// Ends in every order, and resets: what was sent before arrives, both sides are let go, and nothing else is hurt.
import { createConnection, createServer, type Socket } from "node:net";
import { once } from "node:events";
import { assertEquals } from "@std/assert";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import { inTime, until } from "../support/in_time.ts";
import { ip } from "../support/policy.ts";
import { silent } from "../support/origin.ts";
import { domainAddress, GREETING, NO_AUTH, replyOf, socksRequest } from "../support/socks.ts";
import { statusOf } from "../support/wire.ts";
import { makeWorld, type World } from "../support/world.ts";

const GET = "GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n";
const ESTABLISHED = "HTTP/1.1 200 Connection established\r\n\r\n";

/** What a client says for a tunnel, and all that it hears once there is one. */
const OPENINGS: Readonly<Record<string, readonly [says: string, hears: string]>> = {
  "CONNECT": [
    "CONNECT allowed.test:8443 HTTP/1.1\r\nHost: allowed.test:8443\r\n\r\n",
    ESTABLISHED,
  ],
  "SOCKS5": [
    GREETING + socksRequest(domainAddress("allowed.test", 8443)),
    NO_AUTH + replyOf(0),
  ],
};

/** A client of the runtime's own sockets, which can reset. */
async function connectTo(world: World): Promise<Socket> {
  const socket = createConnection(world.proxy.address.port, "127.0.0.1");
  await once(socket, "connect");
  return socket;
}

async function untilFree(world: World): Promise<void> {
  await until(() => world.proxy.connections === 0 && world.upstreams === 0, "both sides are free");
}

for (const [entrance, [says, hears]] of Object.entries(OPENINGS)) {
  Deno.test(`tunnel endings: a client that resets takes its origin along, and nobody else, by ${entrance}`, async () => {
    await using world = makeWorld({ origin: silent });
    await using other = await world.client();
    await other.send(says);
    await other.readExactly(hears.length);
    const client = await connectTo(world);
    client.write(says);
    await inTime(once(client, "data"), "the tunnel");
    client.write("half a sentence");
    const origin = await world.origin.connection(1);
    await origin.readExactly("half a sentence".length);
    client.resetAndDestroy();
    await inTime(origin.readAll().catch(() => ""), "the end of the origin's side");
    await until(() => world.upstreams === 1, "its origin is let go");
    await other.send("still here");
    const another = await world.origin.connection(0);
    assertEquals(await another.readExactly(10), "still here");
    other.close();
    another.close();
    await untilFree(world);
  });

  Deno.test(`tunnel endings: an origin that resets takes its client along, by ${entrance}`, async () => {
    await using server = await resetting((socket) => {
      socket.once("data", () => socket.resetAndDestroy());
    });
    await using world = makeWorld({ dial: server.dial });
    await using client = await world.client();
    await client.send(says);
    assertEquals(await client.readExactly(hears.length), hears);
    await client.send("reset me");
    assertEquals(await client.readAll().catch(() => ""), "");
    await untilFree(world);
  });

  Deno.test(`tunnel endings: an origin that leaves before a word leaves a tunnel that ends, by ${entrance}`, async () => {
    await using server = await resetting((socket) => socket.end());
    await using world = makeWorld({ dial: server.dial });
    await using client = await world.client();
    await client.send(says);
    await client.closeWrite();
    assertEquals(await client.readAll(), hears);
    await untilFree(world);
  });

  Deno.test(`tunnel endings: a megabyte behind the client's end arrives whole, by ${entrance}`, async () => {
    await using world = makeWorld({ origin: silent });
    await using client = await world.client();
    await client.send(says);
    assertEquals(await client.readExactly(hears.length), hears);
    await client.send("question");
    await client.closeWrite();
    const origin = await world.origin.connection();
    assertEquals(await origin.readAll(), "question");
    const long = "a".repeat(1024 * 1024);
    await origin.send(long);
    await origin.closeWrite();
    assertEquals((await client.readAll()).length, long.length);
    await untilFree(world);
  });
}

Deno.test("tunnel endings: an origin that resets amid an answer cuts that answer off, and no other", async () => {
  await using server = await resetting((socket, index) => {
    socket.once("data", () => {
      if (index > 0) return void socket.end("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
      socket.write(
        "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhel",
        () => socket.resetAndDestroy(),
      );
    });
  });
  await using world = makeWorld({ dial: server.dial });
  await using client = await world.client();
  await client.send(GET);
  await inTime(client.readAll().catch(() => ""), "the end of the connection");
  assertEquals(client.received.includes("Content-Length: 5\r\n"), false);
  assertEquals(statusOf(await world.ask(GET)), 200);
});

Deno.test("tunnel endings: an origin that resets before its answer is 502", async () => {
  await using server = await resetting((socket) => {
    socket.once("data", () => socket.resetAndDestroy());
  });
  await using world = makeWorld({ dial: server.dial });
  assertEquals(statusOf(await world.ask(GET.replace("GET", "POST"))), 502);
});

/** A server of the runtime's own sockets, and the way to it. */
async function resetting(serve: (socket: Socket, index: number) => void) {
  let count = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {
      // Reset by the other side as well.
    });
    serve(socket, count++);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    dial: (_: unknown, signal: AbortSignal) => tcpDialer({ ip: ip("127.0.0.1"), port }, signal),
    async [Symbol.asyncDispose](): Promise<void> {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
