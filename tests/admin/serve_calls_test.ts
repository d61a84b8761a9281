import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Answering, serveCalls } from "../../src/admin/serve_calls.ts";
import { makeDoor } from "../support/door.ts";
import { turn } from "../support/in_time.ts";
import { fieldOf, statusOf, type Wire } from "../support/wire.ts";

const HOST = "Host: 127.0.0.1:8080\r\n";

/** A client whose calls are served, and what was answered. */
interface Serving extends AsyncDisposable {
  readonly wire: Wire;
  readonly served: Promise<void>;
  /** `METHOD URL body` of each call. */
  readonly calls: readonly string[];
  readonly isClosed: () => boolean;
  pass(ms: number): Promise<void>;
}

const JSON_REPLY: Answering = () =>
  Promise.resolve(
    new Response('{"a":"é"}\n', { headers: { "content-type": "application/json" } }),
  );

function serving(answer: Answering = JSON_REPLY): Serving {
  const door = makeDoor();
  const { connection, wire } = door.client();
  const calls: string[] = [];
  const served = serveCalls(connection, async (request) => {
    calls.push(`${request.method} ${request.url} ${await request.clone().text()}`.trim());
    return await answer(request);
  });
  return {
    wire,
    served,
    calls,
    isClosed: () => connection.closed,
    async pass(ms: number): Promise<void> {
      await turn();
      door.clock.advance(ms);
      await turn();
    },
    async [Symbol.asyncDispose](): Promise<void> {
      connection.close();
      await served.catch(() => {});
      await door[Symbol.asyncDispose]();
    },
  };
}

Deno.test("serveCalls() answers one call after the other on the same connection", async () => {
  await using made = serving();
  const { wire, calls } = made;
  await wire.send(
    `GET /a?b HTTP/1.1\r\n${HOST}\r\nPOST /c HTTP/1.1\r\n${HOST}Content-Length: 2\r\n\r\n{}`,
  );
  for (let call = 0; call < 2; call++) {
    const reply = await wire.readMessage();
    assertEquals(reply.start, "HTTP/1.1 200 OK");
    assertEquals(fieldOf(reply, "content-length"), "11");
    assertEquals(fieldOf(reply, "connection"), undefined);
  }
  assertEquals(calls, [
    "GET http://127.0.0.1:8080/a?b",
    "POST http://127.0.0.1:8080/c {}",
  ]);
});

Deno.test("serveCalls() puts the pieces of a call together", async () => {
  await using made = serving();
  const body = '5\r\n{"a":\r\n2;x=y\r\n1}\r\n0\r\n\r\n';
  for (const byte of `POST /c HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n${body}`) {
    await made.wire.send(byte);
  }
  assertEquals(statusOf(await made.wire.readMessage()), 200);
  assertEquals(made.calls, ['POST http://127.0.0.1:8080/c {"a":1}']);
});

/** Calls after which the connection ends. */
const LAST: readonly (readonly [string, string])[] = [
  ["one that says so", `GET / HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`],
  ["one of HTTP/1.0", `GET / HTTP/1.0\r\n${HOST}\r\n`],
  [
    "one whose body is too long",
    `POST / HTTP/1.1\r\n${HOST}Content-Length: 9000\r\n\r\n${"x".repeat(9000)}`,
  ],
];

for (const [what, call] of LAST) {
  Deno.test(`serveCalls() ends after ${what}`, async () => {
    await using made = serving();
    await made.wire.send(call);
    const reply = await made.wire.readMessage();
    assertEquals([statusOf(reply), fieldOf(reply, "connection")], [200, "close"]);
    await made.wire.readEnd();
  });
}

Deno.test("serveCalls() reads no more of a body than shows that it is too long", async () => {
  const lengths: number[] = [];
  await using made = serving(async (request) => {
    lengths.push((await request.arrayBuffer()).byteLength);
    return new Response();
  });
  await made.wire.send(
    `POST / HTTP/1.1\r\n${HOST}Content-Length: 999999999\r\n\r\n${"x".repeat(9000)}`,
  );
  assertEquals(statusOf(await made.wire.readMessage()), 200);
  assertEquals(lengths, [8 * 1024 + 1]);
});

Deno.test("serveCalls() asks for a body that waits to be asked for", async () => {
  await using made = serving();
  await made.wire.send(
    `POST / HTTP/1.1\r\n${HOST}Content-Length: 2\r\nExpect: 100-continue\r\n\r\n`,
  );
  assertEquals(await made.wire.readHead(), "HTTP/1.1 100 Continue\r\n\r\n");
  await made.wire.send("{}");
  assertEquals(statusOf(await made.wire.readMessage()), 200);
});

Deno.test("serveCalls() answers HEAD with a head", async () => {
  await using made = serving(() => Promise.resolve(new Response(null)));
  await made.wire.send(`HEAD / HTTP/1.1\r\n${HOST}\r\nGET / HTTP/1.1\r\n${HOST}\r\n`);
  const head = await made.wire.readMessage({ headOnly: true });
  assertEquals([statusOf(head), fieldOf(head, "content-length")], [200, undefined]);
  assertEquals(statusOf(await made.wire.readMessage()), 200);
});

for (const method of ["CONNECT", "TRACE", "BREW", "get"]) {
  Deno.test(`serveCalls() knows no ${method}`, async () => {
    await using made = serving();
    const target = method === "CONNECT" ? "127.0.0.1:8080" : "/";
    await made.wire.send(`${method} ${target} HTTP/1.1\r\n${HOST}\r\n`);
    const reply = await made.wire.readMessage();
    assertEquals([statusOf(reply), JSON.parse(reply.body).reason], [405, "method_not_allowed"]);
    assertEquals(fieldOf(reply, "x-frame-options"), "DENY");
    await made.wire.readEnd();
    assertEquals(made.calls, []);
  });
}

/** What is no call, and reaches nobody. */
const BAD: readonly (readonly [string, string])[] = [
  ["no HTTP", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"],
  ["a call without a Host", "GET / HTTP/1.1\r\n\r\n"],
  ["a call of HTTP/1.0 without a Host", "GET / HTTP/1.0\r\n\r\n"],
  ["an empty Host", "GET / HTTP/1.1\r\nHost: \r\n\r\n"],
  ["two of them", `GET / HTTP/1.1\r\n${HOST}Host: evil.test\r\n\r\n`],
  ["two that agree", `GET / HTTP/1.1\r\n${HOST}${HOST}\r\n`],
  ["a Host that is none", "GET / HTTP/1.1\r\nHost: [\r\n\r\n"],
  ["user information", "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080@evil\r\n\r\n"],
  ["a target elsewhere", `GET http://evil.test/ HTTP/1.1\r\n${HOST}\r\n`],
  ["another scheme", `GET https://127.0.0.1:8080/ HTTP/1.1\r\n${HOST}\r\n`],
  ["two lengths", `POST / HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}`],
  [
    "a length and chunks",
    `POST / HTTP/1.1\r\n${HOST}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  ["a head of 17 KiB", `GET / HTTP/1.1\r\n${HOST}X: ${"x".repeat(17 * 1024)}\r\n\r\n`],
  ["65 fields", `GET / HTTP/1.1\r\n${HOST}${"X: y\r\n".repeat(64)}\r\n`],
  ["a folded field", `GET / HTTP/1.1\r\n${HOST}X: a\r\n b\r\n\r\n`],
  ["bad chunks", `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`],
];

for (const [what, bytes] of BAD) {
  Deno.test(`serveCalls() refuses ${what}, and ends`, async () => {
    await using made = serving();
    await made.wire.send(bytes);
    const reply = await made.wire.readMessage();
    assertEquals(statusOf(reply), 400);
    const { status, reason, message } = JSON.parse(reply.body);
    assertEquals([status, reason], ["error", "bad_request"]);
    assertStringIncludes(message, "Cannot read the call: ");
    assertEquals(fieldOf(reply, "content-security-policy")?.startsWith("default-src 'none'"), true);
    assertEquals(fieldOf(reply, "access-control-allow-origin"), undefined);
    await made.wire.readEnd();
    assertEquals(made.calls, []);
  });
}

Deno.test("serveCalls() takes a call that names us twice in the same way", async () => {
  await using made = serving();
  await made.wire.send(`GET http://127.0.0.1:8080/a HTTP/1.1\r\n${HOST}\r\n`);
  assertEquals(statusOf(await made.wire.readMessage()), 200);
  assertEquals(made.calls, ["GET http://127.0.0.1:8080/a"]);
});

Deno.test("serveCalls() leaves HTTP for nobody", async () => {
  await using made = serving();
  const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
  await made.wire.send(`GET / HTTP/1.1\r\n${HOST}${upgrade}\r\n`);
  assertEquals(statusOf(await made.wire.readMessage()), 200);
});

/** Where a client stops, and after how many seconds it is dropped. */
const STOPS: readonly (readonly [string, string, number])[] = [
  ["in the middle of a head", "GET / HT", 10],
  ["in the middle of a body", `POST / HTTP/1.1\r\n${HOST}Content-Length: 9\r\n\r\n{`, 60],
];

for (const [where, bytes, seconds] of STOPS) {
  Deno.test(`serveCalls() drops after ${seconds} seconds who stops ${where}`, async () => {
    await using made = serving();
    await made.wire.send(bytes);
    await made.pass((seconds - 1) * 1000);
    assertEquals(made.isClosed(), false);
    await made.pass(1500);
    assertEquals(made.isClosed(), true);
    await made.served;
  });
}

Deno.test("serveCalls() keeps a connection for a minute", async () => {
  await using made = serving();
  await made.wire.send(`GET / HTTP/1.1\r\n${HOST}\r\n`);
  await made.wire.readMessage();
  await made.pass(59_000);
  assertEquals(made.isClosed(), false);
  await made.pass(1500);
  assertEquals(made.isClosed(), true);
});

/** A stream of events of a test's own. */
function events() {
  const { promise: cancelled, resolve: cancel } = Promise.withResolvers<string>();
  let push: (text: string | null) => void = () => {};
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller): void {
      push = (text) =>
        text === null ? controller.close() : controller.enqueue(new TextEncoder().encode(text));
    },
    cancel: () => cancel("cancelled"),
  });
  const headers = { "content-type": "text/event-stream" };
  const answer: Answering = () => Promise.resolve(new Response(stream, { headers }));
  return { answer, cancelled, push: (text: string | null) => push(text) };
}

Deno.test("serveCalls() writes events as they come, and ends with them", async () => {
  const { answer, push } = events();
  await using made = serving(answer);
  await made.wire.send(`GET /events HTTP/1.1\r\n${HOST}\r\n`);
  const head = await made.wire.readHead();
  assertStringIncludes(head, "connection: close\r\n");
  assert(!/content-length|transfer-encoding/i.test(head), head);
  push("a: 1\n\n");
  assertEquals(await made.wire.readUntil("\n\n"), "a: 1\n\n");
  await made.pass(3_600_000);
  push("b: 2\n\n");
  assertEquals(await made.wire.readUntil("\n\n"), "b: 2\n\n");
  push(null);
  await made.wire.readEnd();
  made.wire.close();
  await made.served;
});

Deno.test("serveCalls() ends the events of who has gone", async () => {
  const { answer, cancelled } = events();
  await using made = serving(answer);
  await made.wire.send(`GET /events HTTP/1.1\r\n${HOST}\r\n`);
  await made.wire.readHead();
  await made.wire.closeWrite();
  assertEquals(await cancelled, "cancelled");
  await made.served;
  assertEquals(made.isClosed(), true);
});

/** Statuses that the admin API has, and their words. */
const STATUS_LINES: readonly (readonly [number, string])[] = [
  [200, "OK"],
  [400, "Bad Request"],
  [401, "Unauthorized"],
  [403, "Forbidden"],
  [404, "Not Found"],
  [405, "Method Not Allowed"],
  [409, "Conflict"],
  [413, "Content Too Large"],
  [415, "Unsupported Media Type"],
  [429, "Too Many Requests"],
  [500, "Internal Server Error"],
];

for (const [status, words] of STATUS_LINES) {
  Deno.test(`serveCalls() writes ${status} as "${words}"`, async () => {
    await using made = serving(() => Promise.resolve(new Response("{}", { status })));
    await made.wire.send(`GET / HTTP/1.1\r\n${HOST}\r\n`);
    assertEquals((await made.wire.readMessage()).start, `HTTP/1.1 ${status} ${words}`);
  });
}
