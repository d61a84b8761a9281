import { assertEquals, assertRejects } from "@std/assert";
import { type Call, callOver } from "../../src/calls/http_call.ts";
import { ProtocolError } from "../../src/net/errors.ts";
import { faultOf } from "../support/fault.ts";
import { cuts, type Piece, ScriptedStream } from "../support/scripted_stream.ts";

const GET: Call = {
  method: "GET",
  path: "/health",
  authority: "127.0.0.1:8080",
  authorization: null,
  body: null,
};

const HEAD = "HTTP/1.1 200 OK\r\nServer: doorward\r\n";

/** Asks, and reads the whole body. */
async function whole(...pieces: Piece[]): Promise<string> {
  const { body } = await callOver(new ScriptedStream(...pieces), GET);
  let text = "";
  await body((piece) => {
    text += new TextDecoder().decode(piece);
    return Promise.resolve();
  });
  return text;
}

/** Calls, and what is sent. */
const SENT: readonly (readonly [Partial<Call>, string])[] = [
  [
    {},
    "GET /health HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n" +
    "Accept: application/json, text/event-stream\r\nConnection: close\r\n\r\n",
  ],
  [
    { method: "POST", path: "/mode", authorization: "Bearer t0k", body: '{"a":"ä"}' },
    "POST /mode HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n" +
    "Accept: application/json, text/event-stream\r\nConnection: close\r\n" +
    "Authorization: Bearer t0k\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n" +
    '{"a":"\xc3\xa4"}',
  ],
  [
    {
      method: "POST",
      path: "/bytes",
      body: new Uint8Array([0, 0xff, 10]),
      contentType: "application/x-protobuf",
      accept: "application/x-protobuf",
    },
    "POST /bytes HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nAccept: application/x-protobuf\r\n" +
    "Connection: close\r\nContent-Type: application/x-protobuf\r\nContent-Length: 3\r\n\r\n" +
    "\x00\xff\n",
  ],
  [
    { method: "POST", path: "/reload" },
    "POST /reload HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n" +
    "Accept: application/json, text/event-stream\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
  ],
];

for (const [call, expected] of SENT) {
  Deno.test(`callOver() sends ${call.method ?? "GET"} ${call.path ?? ""}`, async () => {
    const stream = new ScriptedStream(`${HEAD}\r\n`);
    await callOver(stream, { ...GET, ...call });
    assertEquals(stream.written, expected);
  });
}

Deno.test("callOver() reads a body of any framing, however it is cut", async () => {
  const lengths = `${HEAD}Content-Length: 5\r\n\r\nhello`;
  const chunks = `${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n`;
  for (const text of [lengths, chunks, `${HEAD}\r\nhello`]) {
    for (const pieces of cuts(text)) assertEquals(await whole(...pieces), "hello");
  }
});

Deno.test("callOver() passes over interim answers, but not over an endless row of them", async () => {
  const interim = "HTTP/1.1 103 Early\r\n\r\n";
  assertEquals(await whole(interim.repeat(16), `${HEAD}\r\nx`), "x");
  assertEquals(await faultOf(() => whole(interim.repeat(17), HEAD)), "upstream cut_short");
});

Deno.test("callOver() says how an answer fell short", async () => {
  const words = async (...pieces: Piece[]) =>
    (await assertRejects(() => whole(...pieces), ProtocolError)).message;
  const cut = "Cannot read the answer";
  assertEquals(await words(), `${cut}: the connection was closed without one`);
  const reset = new Deno.errors.ConnectionReset("reset");
  assertEquals(await words(reset), `${cut}: the connection broke off`);
  const interim = "HTTP/1.1 103 Early\r\n\r\n".repeat(17);
  assertEquals(await words(interim), `${cut}: it only announces one, without end`);
});

Deno.test("callOver() reads what somebody says who hangs up before the request is there", async () => {
  const stream = new ScriptedStream("HTTP/1.1 431 No\r\nContent-Length: 0\r\n\r\n");
  stream.broken = new Deno.errors.BrokenPipe("Broken pipe");
  assertEquals((await callOver(stream, GET)).head.status, 431);
});

/** What a hostile or foreign server sends, and the fault that it is. */
const FAULTS: readonly (readonly [string, Piece[], string])[] = [
  ["nothing", [], "upstream cut_short"],
  ["a reset", [new Deno.errors.ConnectionReset("reset")], "upstream cut_short"],
  ["half a head", [HEAD], "upstream cut_short"],
  ["another protocol", ["SSH-2.0-x\r\n"], "upstream bad_status_line"],
  ["an endless head", [`${HEAD}X: ${"x".repeat(64 * 1024)}`], "upstream head_too_large"],
  ["too many fields", [`${HEAD}${"X: 1\r\n".repeat(101)}\r\n`], "upstream too_many_fields"],
  ["half a body", [`${HEAD}Content-Length: 5\r\n\r\nhell`], "upstream cut_short"],
  ["a bad chunk", [`${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n`], "upstream bad_chunk"],
  [
    "two lengths",
    [`${HEAD}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`],
    "upstream bad_framing",
  ],
];

for (const [what, pieces, expected] of FAULTS) {
  Deno.test(`callOver() refuses ${what}`, async () => {
    assertEquals(await faultOf(() => whole(...pieces)), expected);
  });
}

Deno.test("callOver() hands a body over no faster than it is taken", async () => {
  const stream = new ScriptedStream(`${HEAD}\r\n`, "a", "b");
  const { body } = await callOver(stream, GET);
  const refused = new ProtocolError("upstream", "unsupported", "enough");
  await assertRejects(() => body(() => Promise.reject(refused)), ProtocolError, "enough");
  assertEquals(stream.rooms.length, 2);
});
