import { assertEquals, assertRejects } from "@std/assert";
import { type Http2Client, http2Client } from "../../../src/http/http2/client.ts";
import { latin1, latin1Bytes } from "../../../src/net/stream/latin1.ts";
import { type ByteStream, writeAll } from "../../../src/net/stream/stream.ts";
import { tcpDialer } from "../../../src/net/tcp_dialer.ts";
import { trusting } from "../../../src/net/tls_client.ts";
import { inTime, rejection, turn, until } from "../../support/in_time.ts";
import {
  data,
  ERROR,
  FLAG,
  headers,
  Http2Wire,
  numberAt,
  reset,
} from "../../support/http2_wire.ts";
import { authorityFor } from "../../support/inside.ts";
import { FRAME, frame, type Pairs } from "../../support/raw_http2.ts";
import { securePair } from "../../support/secure_pair.ts";
import { type Answerer, startTlsOrigin } from "../../support/tls_origin.ts";
import { Wire } from "../../support/wire.ts";

const AUTHORITY = await authorityFor("DNS:allowed.test");
const NEVER = new AbortController().signal;

/** Asks a real server of HTTP/2, on a connection of its own, and tells what came there. */
async function ask(request: string, answer?: Answerer) {
  await using origin = await startTlsOrigin(AUTHORITY, {
    http2: true,
    ...(answer === undefined ? {} : { answer }),
  });
  const stream = await tcpDialer(origin.address, NEVER);
  const host = { kind: "name", name: "allowed.test" } as const;
  const secure = await trusting([AUTHORITY.ca])(stream, host, NEVER, ["h2"]);
  const client = await http2Client(secure.native);
  await using wire = new Wire(client.request());
  await wire.send(request);
  const message = await wire.readMessage({ headOnly: request.startsWith("HEAD ") });
  client.close();
  return { message, arrived: origin.arrived[0]! };
}

const GET = "GET /a?b HTTP/1.1\r\nHost: allowed.test\r\n\r\n";

Deno.test("request() sends a request of HTTP/1.1 as one of HTTP/2, without what is of a connection", async () => {
  const { message, arrived } = await ask(
    "GET /a?b HTTP/1.1\r\nHost: allowed.test\r\nX-One: 1\r\nConnection: close\r\n\r\n",
  );
  assertEquals([arrived.version, arrived.method, arrived.path], ["2.0", "GET", "/a?b"]);
  assertEquals([arrived.host, arrived.headers["x-one"]], ["allowed.test", "1"]);
  assertEquals([arrived.headers["connection"], arrived.headers["te"]], [undefined, "trailers"]);
  assertEquals([message.start, message.body], ["HTTP/1.1 200 ", "hello"]);
});

Deno.test("request() sends what a client says twice, and should say once", async () => {
  const { message, arrived } = await ask(
    "GET / HTTP/1.1\r\nHost: allowed.test\r\nReferer: a\r\nReferer: b\r\nHTTP2-Settings: c\r\n\r\n",
  );
  assertEquals(message.start, "HTTP/1.1 200 ");
  assertEquals([arrived.headers["referer"], arrived.headers["http2-settings"]], ["a", undefined]);
});

Deno.test("request() sends a body, by its length and by chunks", async () => {
  const post = "POST / HTTP/1.1\r\nHost: allowed.test\r\n";
  const known = await ask(`${post}Content-Length: 3\r\n\r\nabc`);
  assertEquals([known.arrived.body, known.arrived.headers["content-length"]], ["abc", "3"]);
  const chunked = await ask(
    `${post}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n`,
  );
  assertEquals([chunked.arrived.body, chunked.arrived.headers["content-length"]], [
    "abc",
    undefined,
  ]);
});

Deno.test("request() returns trailers, but those that come too late for their meaning", async () => {
  const { message } = await ask(GET, (_, response) => {
    response.writeHead(200);
    response.write("abc");
    response.addTrailers({ "grpc-status": "0", "set-cookie": "a=1" });
    response.end();
  });
  assertEquals([message.body, message.trailers], ["abc", ["grpc-status: 0"]]);
});

const EMPTY: Readonly<Record<string, readonly [string, number, readonly string[]]>> = {
  "to HEAD": ["HEAD", 200, []],
  "of 204": ["GET", 204, []],
  "of 304": ["GET", 304, []],
  "of nothing": ["GET", 200, ["Content-Length: 0"]],
};

for (const [what, [method, status, expected]] of Object.entries(EMPTY)) {
  Deno.test(`request() returns an answer ${what}, whose end is known`, async () => {
    const { message } = await ask(`${method} / HTTP/1.1\r\nHost: allowed.test\r\n\r\n`, (_, it) => {
      it.stream.respond({ ":status": status }, { endStream: true });
    });
    assertEquals(message.start, `HTTP/1.1 ${status} `);
    const framing = message.fields.filter((line) => /^(content-length|transfer-enc)/i.test(line));
    assertEquals([framing, message.body], [expected, ""]);
  });
}

/** A client, and the server as a test has it, frame by frame. */
interface Setting extends AsyncDisposable {
  readonly client: Http2Client;
  readonly server: Http2Wire;
  /** Sends a GET, and takes its head on the other side. */
  get(): Promise<{ readonly stream: ByteStream; readonly id: number }>;
}

async function facing(): Promise<Setting> {
  const pair = await securePair(AUTHORITY);
  const client = await http2Client(pair.client.native);
  const server = new Http2Wire(pair.server);
  await server.wire.readUntil("SM\r\n\r\n");
  await server.send(frame(FRAME.settings, 0, 0, new Uint8Array()));
  return {
    client,
    server,
    async get() {
      const stream = client.request();
      await writeAll(stream, latin1Bytes(GET));
      return { stream, id: (await server.until(FRAME.headers)).stream };
    },
    async [Symbol.asyncDispose](): Promise<void> {
      client.close();
      pair.client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function readAll(stream: ByteStream): Promise<string> {
  const into = new Uint8Array(1000);
  let text = "";
  let count: number | null;
  while ((count = await stream.read(into)) !== null) {
    text += latin1(into.subarray(0, count));
  }
  return text;
}

const OK: Pairs = [[":status", "200"]];

// To a client a body that is not whole must not look like one that is.
const CUTS: Readonly<Record<string, (server: Http2Wire, id: number) => Promise<unknown> | void>> = {
  "a reset without an error": (server, id) => server.send(reset(id, ERROR.none)),
  "a cancellation": (server, id) => server.send(reset(id, ERROR.cancel)),
  "an error": (server, id) => server.send(reset(id, ERROR.internal)),
  "the end of the connection": (server) => server.wire.close(),
  "the end of one half": (server) => server.wire.closeWrite(),
};

for (const [how, cut] of Object.entries(CUTS)) {
  Deno.test(`request() rejects amid an answer that is cut short by ${how}`, async () => {
    await using setting = await facing();
    const { stream, id } = await setting.get();
    await setting.server.send(headers(id, OK, FLAG.endHeaders), data(id, "part"));
    const seen = new Uint8Array(1000);
    const head = await inTime(stream.read(seen), "the head");
    assertEquals(latin1(seen.subarray(0, head ?? 0)).startsWith("HTTP/1.1 200 "), true);
    await cut(setting.server, id);
    await rejection(readAll(stream), "the answer");
    stream.close();
  });

  Deno.test(`request() rejects where there is no answer but ${how}`, async () => {
    await using setting = await facing();
    const { stream, id } = await setting.get();
    await cut(setting.server, id);
    await rejection(readAll(stream), "the answer");
    stream.close();
  });
}

Deno.test("request() returns a whole answer behind which the server resets", async () => {
  await using setting = await facing();
  const { stream, id } = await setting.get();
  await setting.server.send(
    headers(id, OK, FLAG.endHeaders),
    data(id, "whole", FLAG.endStream),
    reset(id, ERROR.none),
  );
  assertEquals((await readAll(stream)).endsWith("5\r\nwhole\r\n0\r\n\r\n"), true);
  stream.close();
});

Deno.test("request() returns an answer that comes all at once", async () => {
  await using setting = await facing();
  const { stream, id } = await setting.get();
  await setting.server.send(
    headers(id, OK, FLAG.endHeaders),
    data(id, "body"),
    headers(id, [["grpc-status", "0"]]),
  );
  assertEquals(
    await readAll(stream),
    "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\ngrpc-status: 0\r\n\r\n",
  );
  stream.close();
});

Deno.test("close() cancels what is under way, and leaves the others", async () => {
  await using setting = await facing();
  const first = await setting.get();
  const second = await setting.get();
  first.stream.close();
  first.stream.close();
  const { payload } = await setting.server.until(FRAME.reset, first.id);
  assertEquals(numberAt(payload, 0), ERROR.cancel);
  await rejection(readAll(first.stream), "the answer");
  await setting.server.send(headers(second.id, [...OK, ["content-length", "0"]]));
  assertEquals((await readAll(second.stream)).startsWith("HTTP/1.1 200 "), true);
  second.stream.close();
});

Deno.test("close() before anything was sent sends nothing", async () => {
  await using setting = await facing();
  const stream = setting.client.request();
  stream.close();
  await assertRejects(() => stream.write(latin1Bytes(GET)));
  await rejection(readAll(stream), "the answer");
  assertEquals((await setting.get()).id, 1);
});

Deno.test("isOpen is so for a hundred requests at once, and for the next when one is over", async () => {
  await using setting = await facing();
  const streams = Array.from({ length: 99 }, () => setting.client.request());
  assertEquals(setting.client.isOpen, true);
  streams.push(setting.client.request());
  assertEquals(setting.client.isOpen, false);
  streams[0]!.close();
  streams[0]!.close();
  assertEquals(setting.client.isOpen, true);
  streams.push(setting.client.request());
  assertEquals(setting.client.isOpen, false);
  for (const stream of streams) stream.close();
});

Deno.test("isOpen is not so once the server says goodbye, and what is under way is answered", async () => {
  await using setting = await facing();
  const { stream, id } = await setting.get();
  await setting.server.send(frame(FRAME.goAway, 0, 0, new Uint8Array([0, 0, 0, id, 0, 0, 0, 0])));
  await until(() => !setting.client.isOpen, "the goodbye has arrived");
  await setting.server.send(headers(id, [...OK, ["content-length", "0"]]));
  assertEquals((await readAll(stream)).startsWith("HTTP/1.1 200 "), true);
  stream.close();
});

Deno.test("isOpen is not so once the connection has ended", async () => {
  for (const how of ["close", "closeWrite"] as const) {
    await using setting = await facing();
    await setting.server.wire[how]();
    await until(() => !setting.client.isOpen, "the end has arrived");
  }
});

Deno.test("finish() waits for what is under way, not yet begun included, and drops the connection", async () => {
  await using setting = await facing();
  const stream = setting.client.request();
  setting.client.finish();
  assertEquals(setting.client.isOpen, false);
  await writeAll(stream, latin1Bytes(GET));
  const { stream: id } = await setting.server.until(FRAME.headers);
  await setting.server.send(headers(id, [...OK, ["content-length", "0"]]));
  assertEquals((await readAll(stream)).startsWith("HTTP/1.1 200 "), true);
  assertEquals(setting.server.wire.ending, null);
  stream.close();
  await setting.server.wire.readAll();
});

Deno.test("finish() drops at once a connection on which nothing is under way", async () => {
  await using setting = await facing();
  setting.client.finish();
  await setting.server.wire.readAll();
});

Deno.test("request() takes no more of a body than the server has room for", async () => {
  await using setting = await facing();
  const stream = setting.client.request();
  await writeAll(
    stream,
    latin1Bytes("POST / HTTP/1.1\r\nHost: allowed.test\r\nContent-Length: 1000000\r\n\r\n"),
  );
  let taken = 0;
  const failing = assertRejects(async () => {
    for (; taken < 1_000_000; taken += 10_000) await writeAll(stream, new Uint8Array(10_000));
  });
  for (let turns = 0; turns < 50; turns++) await turn();
  assertEquals(taken <= 2 * 65_535, true, `${taken} bytes`);
  stream.close();
  await failing;
});

Deno.test("request() keeps what a body is cut short by from the server: it is reset, and not ended", async () => {
  await using setting = await facing();
  const stream = setting.client.request();
  await writeAll(
    stream,
    latin1Bytes("POST / HTTP/1.1\r\nHost: allowed.test\r\nContent-Length: 10\r\n\r\npart"),
  );
  await setting.server.until(FRAME.data);
  await stream.closeWrite();
  const { payload } = await setting.server.until(FRAME.reset);
  assertEquals(numberAt(payload, 0), ERROR.cancel);
  stream.close();
});
