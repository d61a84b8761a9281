import { assert, assertEquals } from "@std/assert";
import type { ByteStream } from "../../../src/net/stream/stream.ts";
import type { IpAddress } from "../../../src/net/address/ip.ts";
import { requestFraming } from "../../../src/http/framing.ts";
import { exchange } from "../../../src/proxy/http/exchange.ts";
import type { After } from "../../../src/proxy/http/respond.ts";
import { type DoorClient, endingsOf, makeDoor, type TestDoor } from "../../support/door.ts";
import { faultOf } from "../../support/fault.ts";
import { headTo, requestHead } from "../../support/heads.ts";
import { turn, until } from "../../support/in_time.ts";
import { authorityFor, makeInside } from "../../support/inside.ts";
import { ok } from "../../support/origin.ts";
import { streamPair } from "../../support/memory_stream.ts";
import { ip, policyOf } from "../../support/policy.ts";
import { pseudo } from "../../support/raw_http2.ts";
import { fieldOf, statusOf, Wire } from "../../support/wire.ts";

/** Runs one exchange for a client. Its body, if any, is what the client sends besides. */
function run(
  made: TestDoor,
  { connection }: DoorClient,
  method: string,
  ...fields: readonly string[]
): Promise<After> {
  const head = headTo(method, ...fields);
  return exchange(connection, head, requestFraming(head), made.door);
}

/** Runs a GET that is answered with `response`. */
async function answered(
  made: TestDoor,
  client: DoorClient,
  response: string,
  index = 0,
  method = "GET",
): Promise<After> {
  const after = run(made, client, method);
  const origin = await made.upstream(index);
  await origin.readHead();
  await origin.send(response);
  return await after;
}

Deno.test("exchange() keeps both connections after an answer that ends by itself", async () => {
  await using made = makeDoor();
  const client = made.client();
  assertEquals(await answered(made, client, ok("one")), "keep");
  assertEquals((await client.wire.readMessage()).body, "one");
  assertEquals(await answered(made, client, ok("two")), "keep");
  assertEquals(made.dialled.length, 1);
  assertEquals(made.lookups.length, 1);
});

Deno.test("exchange() decides each of the requests once that share a connection that is being made", async () => {
  await using inside = await makeInside(await authorityFor("DNS:allowed.test"), {
    origin: { http2: true },
  });
  const client = await inside.http2();
  const ids = [];
  for (let count = 0; count < 5; count++) ids.push(await client.send(pseudo()));
  await until(() => inside.origin.arrived.length === ids.length, "the origin has all of them");
  assertEquals(inside.origin.connections, 1);
  assertEquals(inside.world.proxy.tally.totals, { requests: 5, blocked: 0 });
});

// RFC 9112 section 9.3, and what else would leave bytes on the connection that nobody asked for.
Deno.test("exchange() dials anew after an answer whose connection cannot be trusted", async () => {
  const table: Record<string, string> = {
    "Connection: close": ok("x", "Connection: close"),
    "HTTP/1.0": "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx",
    "bytes behind the body": ok("x") + "HTTP/1.1 200 OK\r\n\r\n",
    "204 with a body": "HTTP/1.1 204 No Content\r\n\r\nbody",
    "304 with a body": "HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\nbody",
  };
  for (const [what, response] of Object.entries(table)) {
    await using made = makeDoor();
    const client = made.client();
    assertEquals(await answered(made, client, response), "keep", what);
    const [first] = [await made.upstream(0)];
    await first.readEnd();
    assertEquals(await answered(made, client, ok("fresh"), 1), "keep", what);
    assert(client.wire.received.endsWith("fresh"), what);
  }
});

Deno.test("exchange() answers a HEAD without a body, whatever its fields say", async () => {
  for (const framing of ["Content-Length: 5", "Transfer-Encoding: chunked"]) {
    await using made = makeDoor();
    const client = made.client();
    const after = answered(made, client, `HTTP/1.1 200 OK\r\n${framing}\r\n\r\n`, 0, "HEAD");
    assertEquals(await after, "keep");
    assertEquals(await answered(made, client, ok("next")), "keep");
    assertEquals(made.dialled.length, 1);
  }
});

// A response that is 64 MiB long and a client that takes none of it: the proxy must not either.
Deno.test("exchange() never holds more of a response than one buffer", async () => {
  const HELD_BYTES_MAX = 256 * 1024 + 8 * 1024;
  let read = 0;
  const head = new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Length: 67108864\r\n\r\n");
  const endless: ByteStream = {
    read: (into) => {
      if (read === 0) into.set(head);
      const count = read === 0 ? head.length : into.length;
      read += count;
      return Promise.resolve(count);
    },
    write: (bytes) => Promise.resolve(bytes.length),
    closeWrite: () => Promise.resolve(),
    close: () => {},
  };
  await using made = makeDoor({ dial: () => Promise.resolve(endless) });
  const client = made.client();
  // It takes what a reader would, and then no more.
  let taken = 0;
  const stuck = Promise.withResolvers<number>();
  client.connection.stream.write = (bytes) => {
    if (taken > 1024 * 1024) return stuck.promise;
    taken += bytes.length;
    return Promise.resolve(bytes.length);
  };
  const after = run(made, client, "GET");
  let before = -1;
  for (let turns = 0; turns < 1000 && before !== read; turns++) {
    before = read;
    await turn();
  }
  assert(taken > 1024 * 1024, `The client took ${taken} bytes`);
  assert(read - taken <= HELD_BYTES_MAX, `${read - taken} bytes are held`);
  stuck.reject(new Deno.errors.BrokenPipe("gone"));
  assertEquals(await after, "close");
});

Deno.test("exchange() never holds more of an upload than one buffer", async () => {
  const HELD_BYTES_MAX = 256 * 1024 + 8 * 1024;
  await using made = makeDoor({
    dial: () =>
      Promise.resolve({
        read: () => Promise.withResolvers<number>().promise,
        write: () => Promise.withResolvers<number>().promise,
        closeWrite: () => Promise.resolve(),
        close: () => {},
      }),
  });
  const client = made.client();
  let read = 0;
  client.connection.stream.read = (into) => {
    read += into.length;
    return Promise.resolve(into.length);
  };
  run(made, client, "POST", "Content-Length: 67108864").catch(() => {});
  for (let turns = 0; turns < 20; turns++) await turn();
  assert(read <= HELD_BYTES_MAX, `${read} bytes are held`);
});

Deno.test("exchange() drops a client that stops taking its response", async () => {
  await using made = makeDoor({ limits: { bodyIdleMs: 1000 } });
  const client = made.client();
  const stuck = Promise.withResolvers<number>();
  client.connection.closeAlong({
    close: () => stuck.reject(new Deno.errors.Interrupted("closed")),
  });
  client.connection.stream.write = () => stuck.promise;
  const after = answered(made, client, ok("hello"));
  await until(() => made.dialled.length === 1, "the origin is dialled");
  for (let turns = 0; turns < 5; turns++) await turn();
  made.clock.advance(1500);
  assertEquals(await after, "close");
  await (await made.upstream()).readEnd();
  assertEquals(client.connection.closed, true);
});

// Between the answer and the next request the origin may end; the next one finds out only by trying.
Deno.test("exchange() replaces a kept connection that died, once, for what may be repeated", async () => {
  await using made = makeDoor();
  const client = made.client();
  await answered(made, client, ok());
  const after = run(made, client, "GET");
  const kept = await made.upstream(0);
  await kept.readHead();
  kept.close();
  const fresh = await made.upstream(1);
  await fresh.readHead();
  fresh.close();
  assertEquals(await after, "keep");
  await client.wire.readMessage();
  assertEquals(statusOf(await client.wire.readMessage()), 502);
  assertEquals(made.dialled.length, 2);
  // Both times it was decided: about the connection that was there, and about a new one.
  const ends = endingsOf(made);
  assertEquals(ends.map(({ outcome }) => outcome), ["done", "failed", "failed"]);
  assertEquals(made.ended.map(({ passage }) => passage.asker.id), [1, 2, 2]);
});

Deno.test("exchange() does not send a POST twice", async () => {
  await using made = makeDoor();
  const client = made.client();
  await answered(made, client, ok());
  const after = run(made, client, "POST", "Content-Length: 0");
  const kept = await made.upstream(0);
  await kept.readHead();
  kept.close();
  assertEquals(await after, "keep");
  await client.wire.readMessage();
  assertEquals(statusOf(await client.wire.readMessage()), 502);
  assertEquals(made.dialled.length, 1);
});

Deno.test("exchange() asks policy again for a kept connection, and drops it when refused", async () => {
  await using made = makeDoor();
  const client = made.client();
  await answered(made, client, ok());
  made.cell.replace(policyOf({ allow: ["allowed.test"], deny: ["93.184.216.34"] }));
  assertEquals(await run(made, client, "GET"), "keep");
  await client.wire.readMessage();
  assertEquals(statusOf(await client.wire.readMessage()), 403);
  await (await made.upstream(0)).readEnd();
  assertEquals(made.blocked.length, 1);
  assertEquals(endingsOf(made).map(({ outcome }) => outcome), ["done"]);
});

Deno.test("exchange() closes the upstream connection with the client, whenever it leaves", async () => {
  await using made = makeDoor();
  const waiting = made.client();
  const ended = run(made, waiting, "GET").catch((error) => error);
  await (await made.upstream(0)).readHead();
  waiting.connection.close();
  await (await made.upstream(0)).readEnd();
  await ended;

  const streaming = made.client();
  const after = run(made, streaming, "GET");
  const origin = await made.upstream(1);
  await origin.readHead();
  await origin.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome");
  await streaming.wire.readUntil("some");
  streaming.connection.close();
  assertEquals(await after, "close");
  await origin.readEnd();

  const kept = made.client();
  await answered(made, kept, ok(), 2);
  kept.connection.close();
  await (await made.upstream(2)).readEnd();
  assertEquals(endingsOf(made).map(({ outcome, down }) => [outcome, down]), [
    ["closed", 0],
    ["closed", 4],
    ["done", 5],
  ]);
});

Deno.test("exchange() throws the client's fault in a body, and drops the origin", async () => {
  await using made = makeDoor();
  const client = made.client();
  const failed = faultOf(() => run(made, client, "POST", "Transfer-Encoding: chunked"));
  const origin = await made.upstream();
  await origin.readHead();
  await client.wire.send("zz\r\n");
  assertEquals(await failed, "client bad_chunk");
  await origin.readEnd();
  assertEquals(endingsOf(made), [{ kind: "request", outcome: "closed", up: 0, down: 0 }]);
});

Deno.test("exchange() passes an early answer on while the upload goes on, and ends both", async () => {
  await using made = makeDoor();
  const client = made.client();
  const after = run(made, client, "POST", "Content-Length: 100");
  const origin = await made.upstream();
  await origin.readHead();
  await client.wire.send("some");
  await origin.readExactly(4);
  await origin.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
  assertEquals(await after, "close");
  const answer = await client.wire.readMessage();
  assertEquals([statusOf(answer), answer.body], [413, "no"]);
  assertEquals(fieldOf(answer, "Connection"), "close");
  await origin.readEnd();
});

Deno.test("exchange() keeps to the limits of the response while an upload ends behind it", async () => {
  await using made = makeDoor({ limits: { responseMs: 1000, bodyIdleMs: 60_000 } });
  const client = made.client();
  const after = run(made, client, "POST", "Content-Length: 8");
  const origin = await made.upstream();
  await origin.readHead();
  await origin.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf");
  await client.wire.readUntil("half");
  await client.wire.send("uploaded");
  await origin.readExactly(8);
  await turn();
  made.clock.advance(5000);
  await turn();
  await origin.send("half");
  assertEquals(await after, "close");
  assert(client.wire.received.endsWith("halfhalf"), client.wire.received);
});

Deno.test("exchange() refuses a change of protocol that nobody asked for", async () => {
  const upgrade = ["Connection: Upgrade", "Upgrade: websocket"];
  const table: readonly (readonly [readonly string[], string])[] = [
    [[], "HTTP/1.1 101 S\r\nUpgrade: websocket\r\n\r\n"],
    [upgrade, "HTTP/1.1 101 S\r\nUpgrade: h2c\r\n\r\n"],
    [upgrade, "HTTP/1.1 101 S\r\n\r\n"],
    [[...upgrade, "Content-Length: 5"], "HTTP/1.1 101 S\r\nUpgrade: websocket\r\n\r\n"],
  ];
  for (const [fields, response] of table) {
    await using made = makeDoor();
    const client = made.client();
    const after = run(made, client, "GET", ...fields);
    const origin = await made.upstream();
    await origin.readHead();
    await origin.send(`${response}GET / HTTP/1.1\r\n\r\n`);
    await after;
    assertEquals(statusOf(await client.wire.readMessage()), 502, response);
    await origin.readEnd();
  }
});

Deno.test("exchange() hears an early answer of an origin that has stopped reading", async () => {
  const answer = new TextEncoder().encode("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n");
  let sent = false;
  await using made = makeDoor({
    dial: () =>
      Promise.resolve({
        read: (into: Uint8Array) => {
          if (sent) return Promise.resolve(null);
          sent = true;
          into.set(answer);
          return Promise.resolve(answer.length);
        },
        write: () => Promise.reject(new Deno.errors.BrokenPipe("it stopped reading")),
        closeWrite: () => Promise.resolve(),
        close: () => {},
      }),
  });
  const client = made.client();
  const after = run(made, client, "POST", "Content-Length: 100");
  await client.wire.send("some");
  assertEquals(await after, "close");
  assertEquals(statusOf(await client.wire.readMessage()), 401);
});

const SOCKET = "/run/a.sock";

/** A door whose unix sockets are streams in memory, and the other ends of those. */
function makeSocketDoor(
  switches: Parameters<typeof policyOf>[1] = { unixSockets: [SOCKET] },
): TestDoor & { paths: string[]; server(index: number): Promise<Wire> } {
  const paths: string[] = [];
  const servers: Wire[] = [];
  const made = makeDoor({
    policy: policyOf({ allow: ["allowed.test"] }, switches),
    via: "doorward-1",
    unixSockets: {
      canonical: (path) => Promise.resolve(path),
      dial: (path) => {
        const [ours, theirs] = streamPair();
        paths.push(path);
        servers.push(new Wire(theirs));
        return Promise.resolve({ stream: ours, bound: path });
      },
      exists: () => Promise.resolve(true),
    },
  });
  return {
    ...made,
    paths,
    async server(index): Promise<Wire> {
      await until(() => servers.length > index, `socket ${index} is dialled`);
      return servers[index]!;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await made[Symbol.asyncDispose]();
      for (const server of servers) await server[Symbol.asyncDispose]();
    },
  };
}

Deno.test("exchange() takes no unix socket from what may be a web page", async () => {
  await using made = makeSocketDoor();
  const { connection } = made.client();
  const ours = connection.local.port;
  const table: readonly (readonly string[])[] = [
    [`Host: evil.test:${ours}`],
    [`Host: wiki:${ours}`],
    ["Host: localhost", "Origin: http://evil.test"],
  ];
  for (const lines of table) {
    const head = requestHead("GET / HTTP/1.1", ...lines, `x-unix-socket: ${SOCKET}`);
    const asked = () => exchange(connection, head, { kind: "none" }, made.door);
    assertEquals(await faultOf(asked), "client bad_header", lines.join());
  }
  assertEquals(made.paths, []);
});

Deno.test("exchange() sends a request to the socket that its header names, and not its header", async () => {
  await using made = makeSocketDoor();
  const { connection, wire } = made.client();
  const head = requestHead(
    "GET http://Docker:2375/v1/info?all=1 HTTP/1.1",
    "Host: Docker:2375",
    `X-Unix-Socket: ${SOCKET}`,
    "Proxy-Authorization: Basic eDp5",
    "Accept: */*",
  );
  const after = exchange(connection, head, { kind: "none" }, made.door);
  const server = await made.server(0);
  assertEquals(
    await server.readHead(),
    "GET /v1/info?all=1 HTTP/1.1\r\nHost: Docker:2375\r\nAccept: */*\r\n" +
      "Via: 1.1 doorward-1\r\n\r\n",
  );
  await server.send(ok("hello"));
  assertEquals(await after, "keep");
  assertEquals((await wire.readMessage()).body, "hello");
  assertEquals([made.lookups, made.dialled, made.paths], [[], [], [SOCKET]]);
});

Deno.test("exchange() keeps no connection to a socket, and never uses one for another place", async () => {
  await using made = makeSocketDoor();
  const client = made.client();
  const toSocket = `x-unix-socket: ${SOCKET}`;
  for (const index of [0, 1]) {
    const after = run(made, client, "GET", toSocket);
    const server = await made.server(index);
    await server.readHead();
    await server.send(ok());
    assertEquals(await after, "keep");
    await server.readEnd();
  }
  // One that is kept for the network serves no socket, and goes on serving the network.
  assertEquals(await answered(made, client, ok("network")), "keep");
  const after = run(made, client, "GET", toSocket);
  const server = await made.server(2);
  await server.readHead();
  await server.send(ok());
  await after;
  assertEquals(await answered(made, client, ok("network")), "keep");
  assertEquals(made.dialled.length, 1);
});

Deno.test("exchange() records and answers a block of a socket, and dials nothing", async () => {
  await using made = makeSocketDoor({});
  const client = made.client();
  assertEquals(await run(made, client, "GET", `x-unix-socket: ${SOCKET}`), "keep");
  const answer = await client.wire.readMessage();
  assertEquals(statusOf(answer), 403);
  assertEquals(fieldOf(answer, "x-proxy-error"), "blocked-by-allowlist");
  assertEquals(JSON.parse(answer.body).host, "unix-socket");
  assertEquals(made.blocked.map(({ request }) => request.kind), ["socket"]);
  assertEquals([made.paths, made.dialled, made.lookups], [[], [], []]);
  assertEquals(endingsOf(made), []);
});

Deno.test("exchange() answers 502 for a socket that ends without an answer", async () => {
  await using made = makeSocketDoor();
  const client = made.client();
  const after = run(made, client, "GET", `x-unix-socket: ${SOCKET}`);
  (await made.server(0)).close();
  assertEquals(await after, "keep");
  assertEquals(statusOf(await client.wire.readMessage()), 502);
  assertEquals(made.paths.length, 1);
  assertEquals(endingsOf(made).map(({ kind, outcome }) => [kind, outcome]), [[
    "request",
    "failed",
  ]]);
});

// `docker events`, `docker wait`: silence is what there is to tell.
Deno.test("exchange() waits for a socket as long as for a tunnel, for its answer and amid it", async () => {
  for (const said of ["", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n"]) {
    await using made = makeSocketDoor();
    const client = made.client();
    const after = run(made, client, "GET", `x-unix-socket: ${SOCKET}`);
    const server = await made.server(0);
    await server.readHead();
    await server.send(said);
    if (said !== "") await client.wire.readUntil("hi\r\n");
    made.clock.advance(made.door.limits.tunnelIdleMs - 1000);
    await turn();
    assertEquals(client.connection.closed, false);
    await server.send(said === "" ? ok("late") : "0\r\n\r\n");
    assertEquals(await after, "keep");
  }
});

Deno.test("exchange() does not wait for a socket for ever", async () => {
  await using made = makeSocketDoor();
  const client = made.client();
  const after = run(made, client, "GET", `x-unix-socket: ${SOCKET}`);
  await (await made.server(0)).readHead();
  made.clock.advance(made.door.limits.tunnelIdleMs + 1000);
  await turn();
  assertEquals(await after, "keep");
  assertEquals(statusOf(await client.wire.readMessage()), 504);
});

Deno.test("exchange() tells of what a policy forbids that came while it was looked up", async () => {
  const looking = Promise.withResolvers<readonly IpAddress[]>();
  await using made = makeDoor({ resolve: () => looking.promise });
  const client = made.client();
  const after = run(made, client, "GET");
  await until(() => made.lookups.length === 1, "it is looked up");
  made.cell.replace(policyOf({}));
  looking.resolve([ip("93.184.216.34")]);
  assertEquals(await after, "keep");
  assertEquals([made.allowed.length, made.blocked.length, made.dialled], [1, 1, []]);
  assertEquals(endingsOf(made), [{ kind: "request", outcome: "closed", up: 0, down: 0 }]);
});

Deno.test("exchange() counts the bodies of both ways, and not their framing", async () => {
  await using made = makeDoor();
  const client = made.client();
  const after = run(made, client, "POST", "Transfer-Encoding: chunked");
  const origin = await made.upstream();
  await origin.readHead();
  await client.wire.send("3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: 1\r\n\r\n");
  await origin.readUntil("0\r\n");
  await origin.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfour\r\n0\r\n\r\n");
  await after;
  assertEquals(endingsOf(made), [{ kind: "request", outcome: "done", up: 5, down: 4 }]);
});

Deno.test("exchange() tells of a change of protocol as of a tunnel, with its bytes", async () => {
  await using made = makeDoor();
  const client = made.client();
  const after = run(made, client, "GET", "Connection: Upgrade", "Upgrade: websocket");
  const origin = await made.upstream();
  await origin.readHead();
  await origin.send("HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello");
  await client.wire.readUntil("hello");
  await client.wire.send("up");
  await client.wire.closeWrite();
  assertEquals(await origin.readAll(), "up");
  await origin.closeWrite();
  assertEquals(await after, "close");
  assertEquals(endingsOf(made), [{ kind: "tunnel", outcome: "done", up: 2, down: 5 }]);
});
