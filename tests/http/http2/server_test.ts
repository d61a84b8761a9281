import { assert, assertEquals, assertRejects } from "@std/assert";
import { serveHttp2 } from "../../../src/http/http2/server.ts";
import { latin1Bytes } from "../../../src/net/stream/latin1.ts";
import { type ByteStream, writeAll } from "../../../src/net/stream/stream.ts";
import { inTime, turn, until } from "../../support/in_time.ts";
import {
  askHttp2,
  type Http2Answer,
  type Http2Fields,
  http2Session,
} from "../../support/http2_request.ts";
import {
  data,
  ERROR,
  FLAG,
  get,
  headers,
  Http2Wire,
  numberAt,
  post,
  reset,
} from "../../support/http2_wire.ts";
import { authorityFor } from "../../support/inside.ts";
import { FRAME, type Pairs, pseudo } from "../../support/raw_http2.ts";
import { securePair } from "../../support/secure_pair.ts";
import { Wire } from "../../support/wire.ts";

const AUTHORITY = await authorityFor("DNS:allowed.test");
const LIMITS = { headBytes: 16 * 1024, headFields: 50 };

/** A request as whoever serves it has it. */
interface Served {
  /** Its connection, as bytes. */
  readonly stream: ByteStream;
  readonly over: Promise<void>;
}

/** A client before {@linkcode serveHttp2}. */
interface Setting extends AsyncDisposable {
  readonly client: Awaited<ReturnType<typeof securePair>>["client"];
  /** Those that came, in order. */
  readonly served: readonly Served[];
  readonly ended: Promise<void>;
  /** The one of that number, once it is there. */
  request(index?: number): Promise<Served>;
}

async function serve(): Promise<Setting> {
  const { client, server } = await securePair(AUTHORITY);
  const served: Served[] = [];
  const ended = serveHttp2(server.native, {
    limits: LIMITS,
    request: (stream, over) => served.push({ stream, over }),
  });
  return {
    client,
    served,
    ended,
    async request(index = 0): Promise<Served> {
      await until(() => served.length > index, `request ${index} has come`);
      return served[index]!;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      client.close();
      server.close();
      for (const { stream } of served) stream.close();
      await inTime(ended, "the service to end");
    },
  };
}

/** Sends a request, lets it be answered with these bytes, and tells what it was and what came back. */
async function exchanged(
  answer: string,
  fields: Http2Fields = {},
  body: string | null = null,
): Promise<{ readonly asked: string; readonly answer: Http2Answer }> {
  await using setting = await serve();
  const asking = askHttp2(http2Session(setting.client), fields, body);
  const { stream } = await setting.request();
  const wire = new Wire(stream);
  const asked = (await wire.readMessage()).raw;
  await wire.send(answer);
  await stream.closeWrite();
  const told = await asking;
  await wire[Symbol.asyncDispose]();
  return { asked, answer: told };
}

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

Deno.test("serveHttp2() makes a request of HTTP/1.1 of each one", async () => {
  const { asked } = await exchanged(OK, { ":path": "/a?b", "x-one": "1", cookie: ["a=1", "b=2"] });
  assertEquals(
    asked,
    "GET /a?b HTTP/1.1\r\nHost: allowed.test:443\r\nx-one: 1\r\ncookie: a=1; b=2\r\n\r\n",
  );
});

Deno.test("serveHttp2() frames a body by its length, or by chunks", async () => {
  const POST = { ":method": "POST" };
  const known = await exchanged(OK, { ...POST, "content-length": "3" }, "abc");
  assertEquals(known.asked.split("\r\n").slice(2), ["content-length: 3", "", "abc"]);
  const unknown = await exchanged(OK, POST, "abc");
  assertEquals(unknown.asked.split("\r\n").slice(2), [
    "Transfer-Encoding: chunked",
    "",
    "3",
    "abc",
    "0",
    "",
    "",
  ]);
});

// 100 says what HTTP/2 says with a window, and is not passed on.
Deno.test("serveHttp2() leaves out what asks for an interim answer", async () => {
  const { asked } = await exchanged(OK, { ":method": "POST", expect: "100-continue" }, "abc");
  assertEquals(asked.includes("100-continue"), false);
});

const ANSWERS: Readonly<Record<string, readonly [string, Partial<Http2Answer>]>> = {
  "a length": [OK, { status: 200, body: "hello" }],
  "chunks": [
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
    { status: 200, body: "hello" },
  ],
  "its end": ["HTTP/1.1 200 OK\r\n\r\nhello", { status: 200, body: "hello" }],
  "nothing": ["HTTP/1.1 204 No Content\r\n\r\n", { status: 204, body: "" }],
  "a length of nothing": ["HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", { status: 404 }],
  "chunks of nothing": [
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    { status: 200, body: "" },
  ],
  "interim ones before it": [
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n${OK}`,
    { status: 200, body: "hello" },
  ],
};

for (const [how, [bytes, expected]] of Object.entries(ANSWERS)) {
  Deno.test(`serveHttp2() passes on an answer that is framed by ${how}`, async () => {
    const { answer } = await exchanged(bytes);
    assertEquals({ ...answer, ...expected }, answer);
    assertEquals([answer.isWhole, answer.code], [true, ERROR.none]);
  });
}

Deno.test("serveHttp2() passes an answer to HEAD on with its length, and no body", async () => {
  const head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
  const { answer } = await exchanged(head, { ":method": "HEAD" });
  assertEquals([answer.status, answer.fields["content-length"], answer.isWhole], [200, "5", true]);
});

Deno.test("serveHttp2() passes fields on in their order, and none of one connection", async () => {
  const { answer } = await exchanged(
    "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nConnection: close\r\n" +
      "X-One: 1\r\nContent-Length: 0\r\n\r\n",
  );
  assertEquals(answer.fields["set-cookie"], ["a=1", "b=2"]);
  assertEquals([answer.fields["x-one"], answer.fields["connection"]], ["1", undefined]);
});

Deno.test("serveHttp2() passes on what an answer says twice, and should say once", async () => {
  const twice = "X-Content-Type-Options: nosniff\r\nX-Content-Type-Options: nosniff\r\n";
  const { answer } = await exchanged(
    `HTTP/1.1 200 OK\r\n${twice}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n` +
      "ETag: a\r\nETag: a\r\n\r\n",
  );
  assertEquals([answer.status, answer.body, answer.isWhole], [200, "hello", true]);
  assertEquals(answer.fields["x-content-type-options"], "nosniff");
  assertEquals(answer.trailers, { etag: "a" });
});

Deno.test("serveHttp2() leaves out a field that only an upgrade to HTTP/2 has", async () => {
  const { answer } = await exchanged(
    "HTTP/1.1 200 OK\r\nHTTP2-Settings: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" +
      "HTTP2-Settings: a\r\n\r\n",
  );
  assertEquals([answer.status, answer.isWhole, answer.trailers], [200, true, {}]);
});

// RFC 9110 section 15: a status that is no status is one of 5xx.
Deno.test("serveHttp2() passes on an answer whose status HTTP/2 has no room for", async () => {
  const { answer } = await exchanged("HTTP/1.1 999 No\r\nContent-Length: 5\r\n\r\nhello");
  assertEquals([answer.status, answer.body, answer.isWhole], [599, "hello", true]);
});

Deno.test("serveHttp2() passes trailers on, but those that come too late for their meaning", async () => {
  const { answer } = await exchanged(
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n" +
      "Grpc-Status: 0\r\nSet-Cookie: a=1\r\n\r\n",
  );
  assertEquals([answer.body, answer.isWhole], ["hello", true]);
  assertEquals(answer.trailers, { "grpc-status": "0" });
});

const BROKEN: Readonly<Record<string, string>> = {
  "nothing at all": "",
  "half a head": "HTTP/1.1 200 OK\r\nContent-",
  "what is no head": "hello\r\n\r\n",
  "less than its length": "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello",
  "chunks without their last":
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
};

for (const [what, bytes] of Object.entries(BROKEN)) {
  Deno.test(`serveHttp2() resets the stream for an answer that is ${what}`, async () => {
    const { answer } = await exchanged(bytes);
    assertEquals([answer.isWhole, answer.code === ERROR.none], [false, false]);
  });
}

// RFC 9113 sections 8.2 and 8.3: what is malformed is a fault of the stream. Stricter: most of it ends the connection.
const MALFORMED: Readonly<Record<string, Pairs>> = {
  "no host at all": pseudo({ authority: null }),
  "no path": pseudo({ path: null }),
  "no method": pseudo({ method: null }),
  "a method twice": [[":method", "GET"], ...pseudo()],
  "a host twice": [...pseudo(), [":authority", "allowed.test"]],
  "a pseudo-field behind a field": [...pseudo({ path: null }), ["a", "b"], [":path", "/"]],
  "a pseudo-field of an answer": [...pseudo(), [":status", "200"]],
  "a field of one connection": [...pseudo(), ["connection", "close"]],
  "a transfer coding": [...pseudo(), ["transfer-encoding", "chunked"]],
  "upper case": [...pseudo(), ["X-Upper", "1"]],
  "a line end in the path": pseudo({ path: "/ HTTP/1.1\r\nHost: evil.test" }),
  "a line end in the host": pseudo({ authority: "allowed.test\r\nHost: evil.test" }),
  "two lengths": [...pseudo({ method: "POST" }), ["content-length", "1"], ["content-length", "2"]],
};

for (const [what, pairs] of Object.entries(MALFORMED)) {
  Deno.test(`serveHttp2() ends a connection for a request with ${what}`, async () => {
    await using setting = await serve();
    await using wire = new Http2Wire(setting.client);
    await wire.begin();
    await wire.send(headers(1, pairs));
    await inTime(setting.ended, "the end of the connection");
    assertEquals(setting.served, []);
  });
}

const UNUSABLE: Readonly<Record<string, Pairs>> = {
  "two hosts": [...pseudo(), ["host", "evil.test"]],
  "the same host in two spellings": [...pseudo(), ["host", "allowed.test:443"]],
  "a tunnel": pseudo({ method: "CONNECT", scheme: null, path: null }),
};

for (const [what, pairs] of Object.entries(UNUSABLE)) {
  Deno.test(`serveHttp2() resets a request with ${what}, and serves the next`, async () => {
    await using setting = await serve();
    await using wire = new Http2Wire(setting.client);
    await wire.begin();
    await wire.send(headers(1, pairs), headers(3, get("/next")));
    const { payload, stream } = await wire.until(FRAME.reset);
    assertEquals([stream, numberAt(payload, 0)], [1, ERROR.protocol]);
    await using request = new Wire((await setting.request()).stream);
    assertEquals((await request.readMessage()).start, "GET /next HTTP/1.1");
    assertEquals(setting.served.length, 1);
  });
}

Deno.test("serveHttp2() lets no line end in: a field that has one is gone", async () => {
  await using setting = await serve();
  await using wire = new Http2Wire(setting.client);
  await wire.begin();
  await wire.send(headers(1, get("/", [["x", "a\r\nb: c"], ["y", "1"]])));
  await using request = new Wire((await setting.request()).stream);
  assertEquals((await request.readMessage()).fields, ["Host: allowed.test", "y: 1"]);
});

Deno.test("serveHttp2() takes a request that names its host in a field alone", async () => {
  await using setting = await serve();
  await using wire = new Http2Wire(setting.client);
  await wire.begin();
  await wire.send(headers(1, [...pseudo({ authority: null }), ["host", "allowed.test"]]));
  const { stream } = await setting.request();
  await using request = new Wire(stream);
  assertEquals((await request.readMessage()).fields, ["Host: allowed.test"]);
});

for (const code of [ERROR.none, ERROR.cancel, ERROR.internal]) {
  Deno.test(`serveHttp2() tells of a reset with code ${code}: its body is not whole`, async () => {
    await using setting = await serve();
    await using wire = new Http2Wire(setting.client);
    await wire.begin();
    await wire.send(headers(1, post(), FLAG.endHeaders), data(1, "part"));
    const { stream, over } = await setting.request();
    await using request = new Wire(stream);
    await request.readUntil("part\r\n");
    await wire.send(reset(1, code));
    await inTime(over, "the end of the stream");
    assertEquals([await request.readAll(), request.ending], ["", "reset"]);
    await assertRejects(() => stream.write(latin1Bytes(OK)));
  });
}

Deno.test("serveHttp2() holds the end of a request back for as long as its client waits", async () => {
  await using setting = await serve();
  await using wire = new Http2Wire(setting.client);
  await wire.begin();
  await wire.send(headers(1, get()));
  const { stream, over } = await setting.request();
  await using request = new Wire(stream);
  await request.readHead();
  await turn();
  assertEquals(request.ending, null);
  await writeAll(stream, latin1Bytes(OK));
  await inTime(over, "the end of the stream");
  assertEquals([await request.readAll(), request.ending], ["", "end"]);
});

Deno.test("close() behind a whole answer is no error, and one amid it is", async () => {
  const table: readonly (readonly [string, number])[] = [
    [OK, ERROR.none],
    ["HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello", ERROR.internal],
    ["", ERROR.internal],
  ];
  for (const [bytes, code] of table) {
    await using setting = await serve();
    await using wire = new Http2Wire(setting.client);
    await wire.begin();
    // The client has more to say, so that the answer alone does not end the stream.
    await wire.send(headers(1, post(), FLAG.endHeaders));
    const { stream } = await setting.request();
    if (bytes !== "") {
      await writeAll(stream, latin1Bytes(bytes));
      await wire.until(FRAME.data, 1);
    }
    await turn();
    stream.close();
    stream.close();
    const { payload } = await wire.until(FRAME.reset, 1);
    assertEquals(numberAt(payload, 0), code, bytes);
  }
});

// RFC 9113 section 8.1: only behind that code does a client have to keep the answer.
Deno.test("close() behind a whole answer is no error amid a body that is read, either", async () => {
  await using setting = await serve();
  await using wire = new Http2Wire(setting.client);
  await wire.begin();
  await wire.send(headers(1, post(), FLAG.endHeaders), data(1, "part"));
  const { stream } = await setting.request();
  await using request = new Wire(stream);
  await request.readUntil("part\r\n");
  await writeAll(stream, latin1Bytes(OK));
  await wire.until(FRAME.data, 1);
  await turn();
  stream.close();
  const { payload } = await wire.until(FRAME.reset, 1);
  assertEquals(numberAt(payload, 0), ERROR.none);
});

/** As much as a client has room for from the start (RFC 9113 section 6.9.2). */
const WINDOW_BYTES = 65_535;

Deno.test("serveHttp2() takes no more of an answer than its client has room for", async () => {
  await using setting = await serve();
  await using wire = new Http2Wire(setting.client, { paused: true });
  await wire.begin();
  await wire.send(headers(1, get()));
  const { stream } = await setting.request();
  let taken = 0;
  const much = new Uint8Array(16 * 1024);
  const writing = (async () => {
    await writeAll(stream, latin1Bytes("HTTP/1.1 200 OK\r\n\r\n"));
    for (; taken < 10 * WINDOW_BYTES; taken += much.length) await writeAll(stream, much);
  })();
  const failing = assertRejects(() => writing);
  for (let turns = 0; turns < 50; turns++) await turn();
  assert(taken <= 2 * WINDOW_BYTES, `${taken} bytes`);
  stream.close();
  await failing;
});

Deno.test("serveHttp2() ends when its client has left, and with it what is under way", async () => {
  const setting = await serve();
  const wire = new Http2Wire(setting.client);
  await wire.begin();
  await wire.send(headers(1, post(), FLAG.endHeaders), headers(3, get()));
  const { over, stream } = await setting.request();
  const second = await setting.request(1);
  const reading = assertRejects(async () => {
    while (await stream.read(new Uint8Array(1000)) !== null);
  });
  await wire[Symbol.asyncDispose]();
  await inTime(Promise.all([setting.ended, over, second.over, reading]), "all of them to end");
});

Deno.test("serveHttp2() ends at once on a connection that is gone", async () => {
  const { client, server } = await securePair(AUTHORITY);
  server.close();
  await inTime(serveHttp2(server.native, { limits: LIMITS, request: () => {} }), "its end");
  client.close();
});
