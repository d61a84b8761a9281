import { assertEquals, assertRejects } from "@std/assert";
import { postJson, type Reply } from "../../src/calls/post_json.ts";
import { formatSocketAddress } from "../../src/net/address/endpoint.ts";
import { ConnectError, ProtocolError } from "../../src/net/errors.ts";
import { callNetwork } from "../support/call_network.ts";
import { inTime } from "../support/in_time.ts";
import { answering, type Script, startOrigin } from "../support/origin.ts";
import { ip } from "../support/policy.ts";

const NEVER = new AbortController().signal;
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

async function post(
  script: Script,
  url = "http://127.0.0.1:4000/hook",
  signal = NEVER,
): Promise<{ readonly reply: Reply; readonly log: readonly string[]; readonly received: string }> {
  await using origin = startOrigin(script);
  const ports = callNetwork(origin);
  const reply = await inTime(postJson(ports)(new URL(url), '{"a":"ä"}', signal), "the reply");
  return { reply, log: ports.log, received: origin.received };
}

Deno.test("postJson() posts JSON straight to an address", async () => {
  const { reply, log, received } = await post(answering(OK));
  assertEquals(reply, { status: 200, text: "{}" });
  assertEquals(log, ["dial 127.0.0.1:4000"]);
  assertEquals(
    received,
    "POST /hook HTTP/1.1\r\nHost: 127.0.0.1:4000\r\n" +
      "Accept: application/json, text/event-stream\r\nConnection: close\r\n" +
      "Content-Type: application/json\r\nContent-Length: 10\r\n\r\n" +
      '{"a":"\xc3\xa4"}',
  );
});

/** URLs, and the way to them. */
const WAYS: readonly (readonly [string, readonly string[]])[] = [
  ["http://localhost/", ["resolve localhost", "dial 192.0.2.1:80"]],
  ["https://hooks.test/x?y=1", ["resolve hooks.test", "dial 192.0.2.1:443", "tls hooks.test"]],
  ["https://hooks.test:8443/", ["resolve hooks.test", "dial 192.0.2.1:8443", "tls hooks.test"]],
  ["http://[::1]:81/", ["dial [::1]:81"]],
];

for (const [url, way] of WAYS) {
  Deno.test(`postJson() reaches ${url}`, async () => {
    const { log, received } = await post(answering(OK), url);
    assertEquals(log, way);
    const { pathname, search } = new URL(url);
    assertEquals(received.startsWith(`POST ${pathname}${search} HTTP/1.1\r\n`), true);
  });
}

Deno.test("postJson() sends the credentials of its URL as a field, and only so", async () => {
  const { received } = await post(answering(OK), "http://me:s%C3%A9%23@127.0.0.1/x");
  assertEquals(/\r\nAuthorization: Basic (\S+)\r\n/.exec(received)![1], "bWU6c8OpIw==");
  assertEquals(/s%C3/.test(received), false);
});

/** Answers, and what is made of them. */
const REPLIES: readonly (readonly [string, Reply])[] = [
  ["HTTP/1.1 204 No Content\r\n\r\n", { status: 204, text: "" }],
  ["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", {
    status: 200,
    text: "a",
  }],
  ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", {
    status: 200,
    text: "abc",
  }],
  ["HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", {
    status: 302,
    text: "",
  }],
];

for (const [bytes, expected] of REPLIES) {
  Deno.test(`postJson() reads ${JSON.stringify(bytes)}`, async () => {
    assertEquals((await post(answering(bytes))).reply, expected);
  });
}

function answerOf(length: number): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n${"x".repeat(length)}`;
}

Deno.test("postJson() takes an answer of 8 KiB", async () => {
  assertEquals((await post(answering(answerOf(8192)))).reply.text.length, 8192);
});

/** Answers that are refused, and how. */
const REFUSED: readonly (readonly [string, new (...args: never[]) => Error])[] = [
  [answerOf(8193), ConnectError],
  ["HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(100_000), ConnectError],
  ["HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", ProtocolError],
  [`HTTP/1.1 200 OK\r\nX: ${"x".repeat(100_000)}\r\n\r\n`, ProtocolError],
  ["SSH-2.0-OpenSSH\r\n", ProtocolError],
  ["HTTP/1.1 102 Processing\r\n\r\n".repeat(20), ProtocolError],
];

for (const [bytes, kind] of REFUSED) {
  Deno.test(`postJson() refuses ${JSON.stringify(bytes.slice(0, 60))}`, async () => {
    const error = await assertRejects(() => post(answering(bytes)), Error);
    assertEquals(error.name, kind.name);
  });
}

Deno.test("postJson() says of an answer that is too long that it cannot post", async () => {
  const error = await assertRejects(() => post(answering(answerOf(8193))), ConnectError);
  assertEquals([error.message, error.detail], [
    "Cannot post",
    "its answer is longer than 8192 bytes",
  ]);
});

Deno.test("postJson() says so when the server hangs up without an answer", async () => {
  const error = await assertRejects(
    () =>
      post(async (wire) => {
        await wire.readMessage();
        wire.close();
      }),
    Error,
  );
  assertEquals(["ConnectError", "ProtocolError"].includes(error.name), true);
});

Deno.test("postJson() drops the connection once the question is settled", async () => {
  await using origin = startOrigin(() => Promise.resolve());
  const settled = new AbortController();
  const posting = postJson(callNetwork(origin))(new URL("http://127.0.0.1/"), "{}", settled.signal);
  const wire = await origin.connection();
  await wire.readHead();
  settled.abort(new Error("settled"));
  await assertRejects(() => inTime(posting, "the end"), Error, "settled");
  await wire.readAll();
});

Deno.test("postJson() tries the addresses of a name in turn, and sixteen at most", async () => {
  await using origin = startOrigin(answering(OK));
  const dialled: string[] = [];
  const many = Array.from({ length: 17 }, (_, at) => ip(`192.0.2.${at}`));
  const ports = callNetwork(origin, {
    resolve: () => Promise.resolve(many),
    dial: (to) => {
      dialled.push(formatSocketAddress(to));
      return Promise.reject(new ConnectError("connection_refused", "Cannot connect"));
    },
  });
  const error = await assertRejects(
    () => postJson(ports)(new URL("http://hooks.test/"), "{}", NEVER),
    ConnectError,
  );
  assertEquals(error.code, "connection_refused");
  assertEquals(dialled.length, 16);
});
