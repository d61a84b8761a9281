import { assertEquals } from "@std/assert";
import type { ByteStream } from "../../../src/net/stream/stream.ts";
import type { Exchange } from "../../../src/proxy/http/respond.ts";
import { RequestSender } from "../../../src/proxy/http/request_sender.ts";
import { UpstreamConnection } from "../../../src/proxy/http/upstream_connection.ts";
import { asker } from "../../support/asker.ts";
import { type DoorClient, type DoorOptions, makeDoor, type TestDoor } from "../../support/door.ts";
import { messageOf } from "../../support/heads.ts";
import { turn, until } from "../../support/in_time.ts";
import { streamPair } from "../../support/memory_stream.ts";
import { ip } from "../../support/policy.ts";
import { Wire } from "../../support/wire.ts";

interface Sending extends AsyncDisposable {
  readonly made: TestDoor;
  readonly client: DoorClient;
  readonly sender: RequestSender;
  readonly upstream: UpstreamConnection;
  readonly origin: Wire;
  readonly carried: Exchange["carried"];
}

/** Sends a request to an origin that takes `capacity` bytes before it reads. */
function send(
  method: string,
  fields: readonly string[],
  options: DoorOptions & { capacity?: number } = {},
): Sending {
  const made = makeDoor(options);
  const client = made.client();
  const [ours, theirs] = streamPair(options.capacity);
  const origin = new Wire(theirs, { paused: options.capacity !== undefined });
  const message = messageOf(method, ...fields);
  const address = { ip: ip("93.184.216.34"), port: 80 };
  const upstream = new UpstreamConnection(
    { stream: ours as ByteStream, reader: null, address, plainProxy: null, secure: null },
    message.target.endpoint,
  );
  const it: Exchange = {
    client: client.connection,
    message,
    door: made.door,
    asker: asker({ method }),
    carried: { up: 0, down: 0 },
    outcome: "closed",
  };
  return {
    made,
    client,
    upstream,
    origin,
    carried: it.carried,
    sender: new RequestSender(it, upstream),
    async [Symbol.asyncDispose](): Promise<void> {
      upstream.close();
      await made[Symbol.asyncDispose]();
      await origin[Symbol.asyncDispose]();
    },
  };
}

Deno.test("RequestSender sends the head at once", async () => {
  await using sending = send("GET", []);
  assertEquals(await sending.origin.readHead(), "GET / HTTP/1.1\r\nHost: allowed.test\r\n\r\n");
  await until(() => sending.sender.done, "all is sent");
});

Deno.test("RequestSender sends a body as it comes", async () => {
  await using sending = send("POST", ["Content-Length: 6"]);
  await sending.origin.readHead();
  await sending.client.wire.send("abc");
  assertEquals(await sending.origin.readExactly(3), "abc");
  assertEquals(sending.sender.done, false);
  await sending.client.wire.send("def");
  assertEquals(await sending.origin.readExactly(3), "def");
  await until(() => sending.sender.done, "all is sent");
  assertEquals(sending.carried, { up: 6, down: 0 });
});

Deno.test("RequestSender blames the client for a body that stops, and drops the origin", async () => {
  await using sending = send("POST", ["Content-Length: 6"], { limits: { bodyIdleMs: 1000 } });
  await sending.client.wire.send("abc");
  await sending.origin.readUntil("abc");
  sending.made.clock.advance(1500);
  await sending.origin.readEnd();
  assertEquals(sending.sender.fault?.code, "too_slow");
  assertEquals(sending.sender.timedOut, false);
});

Deno.test("RequestSender blames the origin that stops taking the body", async () => {
  await using sending = send("POST", ["Content-Length: 900"], {
    limits: { bodyIdleMs: 1000 },
    capacity: 200,
  });
  await sending.client.wire.send("x".repeat(900));
  await turn();
  sending.made.clock.advance(1500);
  await turn();
  assertEquals([sending.sender.fault, sending.sender.timedOut], [null, true]);
  assertEquals(sending.made.reached, ["bodyIdleMs"]);
});

Deno.test("RequestSender blames the client for an end or a fault in the body", async () => {
  await using cut = send("POST", ["Content-Length: 6"]);
  await cut.client.wire.send("abc");
  await cut.client.wire.closeWrite();
  await cut.origin.readAll();
  assertEquals(cut.sender.fault?.code, "cut_short");
  await using broken = send("POST", ["Transfer-Encoding: chunked"]);
  await broken.client.wire.send("3\r\nabc\r\n");
  await broken.origin.readUntil("3\r\nabc\r\n");
  await broken.client.wire.send("-1\r\n");
  await broken.origin.readEnd();
  assertEquals(broken.sender.fault?.code, "bad_chunk");
});

Deno.test("RequestSender takes an origin that stops reading for no fault of the client", async () => {
  await using sending = send("POST", ["Content-Length: 6"]);
  await sending.origin.readHead();
  sending.origin.close();
  await sending.client.wire.send("abcdef");
  await turn();
  assertEquals([sending.sender.fault, sending.sender.done], [null, false]);
});

Deno.test("RequestSender gives the origin its time for an answer, from the last byte sent", async () => {
  await using sending = send("POST", ["Content-Length: 3"], {
    limits: { bodyIdleMs: 1000, responseMs: 5000 },
  });
  await turn();
  sending.made.clock.advance(900);
  await sending.client.wire.send("abc");
  await until(() => sending.sender.done, "all is sent");
  sending.made.clock.advance(4900);
  await turn();
  assertEquals(sending.sender.timedOut, false);
  sending.made.clock.advance(500);
  await turn();
  assertEquals(sending.sender.timedOut, true);
});

Deno.test("RequestSender leaves the limits alone once the answer is there", async () => {
  await using sending = send("POST", ["Content-Length: 3"], { limits: { responseMs: 1000 } });
  const { connection, wire } = sending.client;
  sending.sender.answered();
  connection.watch.set(60_000, () => connection.close());
  await wire.send("abc");
  await until(() => sending.sender.done, "all is sent");
  sending.made.clock.advance(50_000);
  await turn();
  assertEquals([sending.sender.timedOut, connection.closed], [false, false]);
});

Deno.test("RequestSender gives a client that has finished sending half a minute more", async () => {
  await using sending = send("GET", []);
  await until(() => sending.sender.done, "all is sent");
  await sending.client.wire.closeWrite();
  await turn();
  sending.made.clock.advance(29_000);
  await turn();
  assertEquals(sending.sender.timedOut, false);
  sending.made.clock.advance(2_000);
  await sending.origin.readAll();
  assertEquals(sending.sender.timedOut, true);
});

Deno.test("RequestSender drops a client that does not hear that it was given up", async () => {
  await using sending = send("GET", [], { limits: { responseMs: 1000 } });
  const { connection } = sending.client;
  await turn();
  sending.made.clock.advance(1500);
  await turn();
  assertEquals(connection.closed, false);
  sending.made.clock.advance(11_000);
  await turn();
  assertEquals(connection.closed, true);
});

Deno.test("RequestSender never reads ahead of a WebSocket", async () => {
  await using sending = send("GET", ["Connection: Upgrade", "Upgrade: websocket"]);
  await until(() => sending.sender.done, "all is sent");
  await sending.client.wire.send("frame");
  await turn();
  assertEquals(sending.client.connection.reader.buffered.length, 0);
});
