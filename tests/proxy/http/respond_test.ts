import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { RequestSender } from "../../../src/proxy/http/request_sender.ts";
import {
  type Exchange,
  fail,
  readFinal,
  respond,
  upgrade,
} from "../../../src/proxy/http/respond.ts";
import { UpstreamConnection } from "../../../src/proxy/http/upstream_connection.ts";
import { asker } from "../../support/asker.ts";
import { type DoorClient, makeDoor, type TestDoor } from "../../support/door.ts";
import { fault, faultOf, faultWordsOf } from "../../support/fault.ts";
import { messageOf } from "../../support/heads.ts";
import { until } from "../../support/in_time.ts";
import { streamPair } from "../../support/memory_stream.ts";
import { ok } from "../../support/origin.ts";
import { Wire } from "../../support/wire.ts";

/** A request that is on its way, and both ends of the answer's way back. */
interface Underway extends AsyncDisposable {
  readonly made: TestDoor;
  readonly it: Exchange;
  readonly client: DoorClient;
  readonly upstream: UpstreamConnection;
  readonly sender: RequestSender;
  readonly origin: Wire;
}

/** Sends a request to an origin in memory, which has its head already. */
async function send(method: string, ...fields: readonly string[]): Promise<Underway> {
  const made = makeDoor();
  const client = made.client();
  const message = messageOf(method, ...fields);
  const [ours, theirs] = streamPair();
  const origin = new Wire(theirs);
  const connected = { stream: ours, reader: null, address: null, plainProxy: null, secure: null };
  const upstream = new UpstreamConnection(connected, null);
  const it: Exchange = {
    client: client.connection,
    message,
    door: made.door,
    asker: asker({ method }),
    carried: { up: 0, down: 0 },
    outcome: "closed",
  };
  if (message.hasBody) await client.wire.send("hello");
  const sender = new RequestSender(it, upstream);
  await origin.readHead();
  await until(() => sender.done, "the request is sent");
  return {
    made,
    it,
    client,
    upstream,
    sender,
    origin,
    async [Symbol.asyncDispose](): Promise<void> {
      upstream.close();
      await origin[Symbol.asyncDispose]();
      await made[Symbol.asyncDispose]();
    },
  };
}

/** Sends a request, reads this answer to it, and passes it on. */
async function pass(underway: Underway, answer: string): Promise<string> {
  const { it, upstream, sender, origin } = underway;
  await origin.send(answer);
  const response = await readFinal(it, upstream, sender);
  return await respond(it, upstream, response!, sender);
}

const TO_SOCKET = "x-unix-socket: /run/a.sock";
const WEBSOCKET = ["Connection: Upgrade", "Upgrade: websocket"];

Deno.test("readFinal() passes sixteen interim answers on, and no endless row", async () => {
  await using underway = await send("GET");
  const { it, upstream, sender, origin, client } = underway;
  await origin.send("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(100));
  assertEquals(
    await faultWordsOf(() => readFinal(it, upstream, sender)),
    "Cannot return a response: the server sends interim responses without end",
  );
  assertEquals(client.wire.received, "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(16));
});

Deno.test("readFinal() is null for an origin that ends in silence, a fault after a word", async () => {
  await using silent = await send("GET");
  silent.origin.close();
  assertEquals(await readFinal(silent.it, silent.upstream, silent.sender), null);
  await using interim = await send("GET");
  await interim.origin.send("HTTP/1.1 103 Early Hints\r\n\r\n");
  interim.origin.close();
  assertEquals(
    await faultWordsOf(() => readFinal(interim.it, interim.upstream, interim.sender)),
    "Cannot return a response: the server closed the connection",
  );
});

Deno.test("readFinal() takes a 101 for final, and a 100 not", async () => {
  await using underway = await send("GET", ...WEBSOCKET);
  const { it, upstream, sender, origin } = underway;
  await origin.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 S\r\n\r\n");
  assertEquals((await readFinal(it, upstream, sender))?.status, 101);
});

Deno.test("respond() keeps the connection after a body that ends by itself", async () => {
  await using underway = await send("GET");
  assertEquals(await pass(underway, ok("hello")), "keep");
  assertEquals((await underway.client.wire.readMessage()).body, "hello");
  assertEquals([underway.it.outcome, underway.it.carried], ["done", { up: 0, down: 5 }]);
});

Deno.test("respond() ends the connection with a body that ends with the origin's", async () => {
  await using underway = await send("GET");
  const after = pass(underway, "HTTP/1.1 200 OK\r\n\r\nall of it");
  await underway.client.wire.readUntil("all of it");
  underway.origin.close();
  assertEquals(await after, "close");
  assertStringIncludes(underway.client.wire.received, "Connection: close\r\n\r\nall of it");
  assertEquals([underway.it.outcome, underway.it.carried.down], ["done", 9]);
});

const LAST = "Connection: close";

const LEAVING: readonly (readonly [string, string, readonly string[], boolean])[] = [
  ["a client that says that this was its last request is left at once", "GET", [LAST], true],
  ["one that would send another is not", "GET", [], false],
  ["one that has sent no body is", "POST", [LAST, "Content-Length: 0"], true],
  ["one that has sent a body may have more to say", "POST", [LAST, "Content-Length: 5"], false],
];

for (const [what, method, fields, isLeft] of LEAVING) {
  Deno.test(`respond(): ${what}`, async () => {
    await using underway = await send(method, ...fields);
    const { it, client, upstream, sender, origin } = underway;
    await origin.send(ok("hello"));
    const response = await readFinal(it, upstream, sender);
    await respond(it, upstream, response!, sender);
    assertEquals(client.connection.closed, isLeft);
    assertEquals((await client.wire.readMessage()).body, "hello");
  });
}

Deno.test("respond() cuts a response short that the origin cuts short", async () => {
  const table = [
    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nsome",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n",
  ];
  for (const response of table) {
    await using underway = await send("GET");
    const after = pass(underway, response);
    await underway.client.wire.readUntil("some");
    await underway.origin.closeWrite();
    assertEquals(await after, "close", response);
    const text = await underway.client.wire.readAll();
    assert(!text.endsWith("0\r\n\r\n"), text);
    assertEquals(underway.client.connection.closed, true);
    assertEquals(underway.it.outcome, "failed");
    assertEquals(underway.it.carried.down, 4);
  }
});

Deno.test("respond() blames no origin for a client that is closed amid an answer", async () => {
  await using underway = await send("GET");
  const after = pass(underway, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nsome");
  await underway.client.wire.readUntil("some");
  underway.client.connection.close();
  underway.upstream.close();
  assertEquals([await after, underway.it.outcome], ["close", "closed"]);
});

Deno.test("respond() throws for a body whose first bytes are wrong and there already", async () => {
  await using underway = await send("GET");
  const answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n";
  assertEquals(await faultOf(() => pass(underway, answer)), "upstream bad_chunk");
  assertEquals(underway.client.wire.received, "");
});

/** Answers a request with a 101 and some bytes. Resolves to what the client sees. */
async function change(request: readonly string[], answer: string): Promise<string> {
  const [method = "", ...fields] = request;
  await using underway = await send(method, ...fields);
  const { it, upstream, sender, origin, client } = underway;
  await origin.send(`${answer}\r\n\r\nhello`);
  const response = await readFinal(it, upstream, sender);
  const over = upgrade(it, upstream, response!);
  await Promise.race([over, client.wire.readUntil("hello")]);
  await client.wire.send("ping");
  assertEquals(await origin.readExactly(4), "ping");
  client.wire.close();
  origin.close();
  await over;
  return client.wire.received;
}

Deno.test("upgrade() passes a 101 on and then bytes both ways", async () => {
  const answer = "HTTP/1.1 101 Switching\r\nUpgrade: WebSocket\r\nConnection: Upgrade";
  assertEquals(
    await change(["GET", ...WEBSOCKET], answer),
    "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhello",
  );
});

// What an engine does for attach and exec, and what its builder speaks.
Deno.test("upgrade() passes any protocol that was asked for through a unix socket", async () => {
  for (const protocol of ["tcp", "h2c", "SPDY/3.1"]) {
    const request = ["POST", TO_SOCKET, "Connection: Upgrade", `Upgrade: ${protocol}`];
    const answer = `HTTP/1.1 101 UPGRADED\r\nUpgrade: ${protocol}\r\nConnection: Upgrade`;
    const upgraded = protocol.toLowerCase();
    assertEquals(
      await change(request, answer),
      `HTTP/1.1 101 UPGRADED\r\nUpgrade: ${upgraded}\r\nConnection: Upgrade\r\n\r\nhello`,
    );
  }
});

Deno.test("upgrade() refuses a protocol that was not asked for, or not over the network", async () => {
  const tcp = ["Connection: Upgrade", "Upgrade: tcp"];
  const table: readonly (readonly [readonly string[], string])[] = [
    [["POST", ...tcp], "Upgrade: tcp"],
    [["GET", ...tcp, "Upgrade: websocket"], "Upgrade: tcp"],
    [["GET", ...WEBSOCKET], "Upgrade: websocket, tcp"],
    [["GET"], "Upgrade: websocket"],
    [["POST", TO_SOCKET], "Upgrade: tcp"],
    [["POST", TO_SOCKET, "Upgrade: tcp"], "Upgrade: tcp"],
    [["POST", TO_SOCKET, ...tcp], "Upgrade: h2c"],
    [["POST", TO_SOCKET, ...tcp], "X: none"],
  ];
  for (const [request, field] of table) {
    const answer = `HTTP/1.1 101 S\r\nConnection: Upgrade\r\n${field}`;
    assertEquals(
      await faultWordsOf(() => change(request, answer)),
      "Cannot return a response: the server changed the protocol unasked",
      field,
    );
  }
});

Deno.test("fail() blames the origin", () => {
  assertEquals(fault(() => fail("x")), "upstream cut_short");
});
