import { assertEquals, assertRejects } from "@std/assert";
import { getDocument } from "../../src/library/get_document.ts";
import type { Reply } from "../../src/config/requirements/fetch_document.ts";
import { ConnectError } from "../../src/net/errors.ts";
import { faultOf } from "../support/fault.ts";
import { callNetwork } from "../support/call_network.ts";
import { inTime } from "../support/in_time.ts";
import { answering, ok, type Script, silent, startOrigin } from "../support/origin.ts";

const NEVER = new AbortController().signal;

interface Got {
  readonly reply: Reply;
  readonly log: readonly string[];
  readonly received: string;
}

async function got(script: Script, url: string, etag: string | null = null): Promise<Got> {
  await using origin = startOrigin(script);
  const ports = callNetwork(origin);
  const reply = await inTime(getDocument(ports)(new URL(url), etag, NEVER), "the reply");
  return { reply, log: ports.log, received: origin.received };
}

Deno.test("getDocument() asks the server itself, over TLS for its name", async () => {
  const { reply, log, received } = await got(
    answering(ok("mode", "Content-Type: application/toml", 'ETag: "1"')),
    "https://policy.test:8443/r.toml?token=1",
    '"0"',
  );
  assertEquals(log, ["resolve policy.test", "dial 192.0.2.1:8443", "tls policy.test"]);
  assertEquals(
    received,
    "GET /r.toml?token=1 HTTP/1.1\r\nHost: policy.test:8443\r\n" +
      "Accept: application/toml, text/plain, */*\r\nConnection: close\r\n" +
      'If-None-Match: "0"\r\n\r\n',
  );
  assertEquals(reply, {
    status: 200,
    etag: '"1"',
    contentType: "application/toml",
    location: null,
    isDelimited: true,
    bytes: new TextEncoder().encode("mode"),
  });
});

Deno.test("getDocument() asks for any document where none is known", async () => {
  const { log, received } = await got(answering(ok("")), "https://127.0.0.1/r.toml");
  assertEquals(received.includes("If-None-Match"), false);
  assertEquals(log, ["dial 127.0.0.1:443", "tls 127.0.0.1"]);
});

Deno.test("getDocument() speaks https only", async () => {
  await using origin = startOrigin(silent);
  const ports = callNetwork(origin);
  const error = await assertRejects(
    () => getDocument(ports)(new URL("http://policy.test/"), null, NEVER),
    ConnectError,
  );
  assertEquals([error.detail, ports.log], ["only https is spoken", []]);
});

/** Answers, and what of them is told. */
const REPLIES: readonly (readonly [string, Partial<Reply>])[] = [
  ['HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n', { status: 304, etag: '"1"' }],
  [
    "HTTP/1.1 302 Found\r\nLocation: https://other.test/\r\nContent-Length: 4\r\n\r\nbody",
    { status: 302, location: "https://other.test/", isDelimited: true },
  ],
  [
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n",
    { isDelimited: true, bytes: new TextEncoder().encode("abc") },
  ],
];

for (const [bytes, expected] of REPLIES) {
  Deno.test(`getDocument() reads ${JSON.stringify(bytes.slice(0, 40))}`, async () => {
    const { reply } = await got(answering(bytes), "https://policy.test/");
    const base = { status: 200, etag: null, contentType: null, location: null, isDelimited: false };
    assertEquals(reply, { ...base, bytes: new Uint8Array(0), ...expected });
  });
}

Deno.test("getDocument() tells when only the end of the connection ends the answer", async () => {
  const { reply } = await got(async (wire) => {
    await wire.readMessage();
    await wire.send("HTTP/1.1 200 OK\r\n\r\nmode");
    wire.close();
  }, "https://policy.test/");
  assertEquals([reply.isDelimited, reply.bytes?.length], [false, 4]);
});

const MEGABYTE = 1024 * 1024;

Deno.test("getDocument() takes a megabyte, and not a byte more", async () => {
  const numbers = Array.from({ length: MEGABYTE / 8 }, (_, at) => String(at).padStart(8)).join("");
  const whole = await got(answering(ok(numbers)), "https://policy.test/");
  assertEquals(whole.reply.bytes?.length, MEGABYTE);
  assertEquals(new TextDecoder().decode(whole.reply.bytes!) === numbers, true);
  const more = await got(answering(ok("x".repeat(MEGABYTE + 1))), "https://policy.test/");
  assertEquals(more.reply.bytes, null);
});

Deno.test("getDocument() refuses an answer that is cut short", async () => {
  const fault = await faultOf(() =>
    got(async (wire) => {
      await wire.readMessage();
      await wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nmode");
      wire.close();
    }, "https://policy.test/")
  );
  assertEquals(fault, "upstream cut_short");
});

Deno.test("getDocument() hangs up when it has waited long enough", async () => {
  await using origin = startOrigin(silent);
  const late = new AbortController();
  const getting = getDocument(callNetwork(origin))(
    new URL("https://policy.test/"),
    null,
    late.signal,
  );
  const wire = await origin.connection();
  await wire.readHead();
  late.abort(new Error("late"));
  await assertRejects(() => inTime(getting, "the end"), Error, "late");
  await wire.readAll();
});
