import { assertEquals, assertRejects } from "@std/assert";
import { basicAuthorization, requestTunnel } from "../../src/http/connect_client.ts";
import { ProtocolError } from "../../src/net/errors.ts";
import { BufferedReader } from "../../src/net/stream/buffered_reader.ts";
import { latin1 } from "../../src/net/stream/latin1.ts";
import { connectTo } from "../support/policy.ts";
import { cuts, type Piece, ScriptedStream } from "../support/scripted_stream.ts";

const OPTIONS = { authorization: null, via: [], headBytes: 1000, headFields: 10 };

/** Asks a proxy that answers with these pieces. */
async function ask(
  pieces: readonly Piece[],
  target = "a.test:443",
  options: Partial<Parameters<typeof requestTunnel>[3]> = {},
) {
  const stream = new ScriptedStream(...pieces);
  const reader = new BufferedReader(stream);
  const response = await requestTunnel(reader, stream, connectTo(target).target, {
    ...OPTIONS,
    ...options,
  });
  return { response, stream, reader };
}

// RFC 9110 section 9.3.6, RFC 9112 section 3.2.3.
for (
  const [target, authority] of [
    ["a.test:443", "a.test:443"],
    ["A.Test.:80", "a.test:80"],
    ["93.184.216.34:8443", "93.184.216.34:8443"],
    ["[2606:2800::1]:443", "[2606:2800::1]:443"],
  ] as const
) {
  Deno.test(`requestTunnel() asks for ${target} by host and port`, async () => {
    const { stream } = await ask(["HTTP/1.1 200 OK\r\n\r\n"], target);
    assertEquals(stream.written, `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  });
}

Deno.test("requestTunnel() shows the credentials it is given", async () => {
  const authorization = basicAuthorization("me", "secret");
  const { stream } = await ask(["HTTP/1.1 200 OK\r\n\r\n"], "a.test:443", { authorization });
  assertEquals(
    stream.written,
    "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n" +
      "Proxy-Authorization: Basic bWU6c2VjcmV0\r\n\r\n",
  );
});

Deno.test("requestTunnel() leaves what follows the head, however it is cut", async () => {
  // RFC 9110 section 9.3.6: framing in a 2xx to CONNECT is to be ignored.
  const answer = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nSSH-2.0-x\r\n";
  for (const pieces of cuts(answer)) {
    const { response, reader } = await ask(pieces);
    assertEquals(response.status, 200);
    let rest = latin1(reader.buffered);
    while (await reader.fill()) rest = latin1(reader.buffered);
    assertEquals(rest, "SSH-2.0-x\r\n");
  }
});

for (const status of [101, 204, 302, 403, 407, 502, 999]) {
  Deno.test(`requestTunnel() returns ${status} as it is`, async () => {
    const { response } = await ask([`HTTP/1.1 ${status} Whatever\r\nA: b\r\n\r\n`]);
    assertEquals([response.status, response.reason], [status, "Whatever"]);
    assertEquals(response.fields.map(({ name, value }) => [name, value]), [["A", "b"]]);
  });
}

Deno.test("requestTunnel() passes over interim responses, up to a limit", async () => {
  const interim = "HTTP/1.1 100 Continue\r\n\r\n";
  const { response } = await ask([interim.repeat(16), "HTTP/1.0 200 OK\r\n\r\n"]);
  assertEquals(response.status, 200);
  const error = await assertRejects(
    () => ask([interim.repeat(17), "HTTP/1.1 200 OK\r\n\r\n"]),
    ProtocolError,
  );
  assertEquals([error.peer, error.code], ["upstream", "cut_short"]);
});

const BAD: readonly (readonly [string, readonly Piece[], string])[] = [
  ["nothing at all", [], "cut_short"],
  ["an early end", ["HTTP/1.1 200 OK\r\n"], "cut_short"],
  ["another protocol", ["SSH-2.0-OpenSSH\r\n"], "bad_status_line"],
  ["a line feed alone", ["HTTP/1.1 200 OK\n\n"], "bad_status_line"],
  ["another version", ["HTTP/2.0 200 OK\r\n\r\n"], "bad_status_line"],
  ["a head that does not end", [`HTTP/1.1 200 OK\r\nA: ${"a".repeat(1000)}`], "head_too_large"],
  ["too many fields", [`HTTP/1.1 200 OK\r\n${"A: b\r\n".repeat(11)}\r\n`], "too_many_fields"],
];

for (const [what, pieces, code] of BAD) {
  Deno.test(`requestTunnel() refuses ${what}`, async () => {
    const error = await assertRejects(() => ask(pieces), ProtocolError);
    assertEquals([error.peer, error.code], ["upstream", code]);
  });
}

Deno.test("requestTunnel() says how a proxy fell short of an answer", async () => {
  const none = await assertRejects(() => ask([]), ProtocolError);
  assertEquals(
    none.message,
    "Cannot open a tunnel: the proxy closed the connection without an answer",
  );
  const endless = ["HTTP/1.1 100 Continue\r\n\r\n".repeat(17)];
  const error = await assertRejects(() => ask(endless), ProtocolError);
  assertEquals(
    error.message,
    "Cannot open a tunnel: the proxy sends interim responses without end",
  );
});

Deno.test("requestTunnel() takes the longest head that fits", async () => {
  const shell = "HTTP/1.1 200 OK\r\nA: \r\n\r\n";
  const fill = (bytes: number) => shell.replace("A: ", `A: ${"a".repeat(bytes - shell.length)}`);
  assertEquals((await ask([fill(1000)])).response.status, 200);
  await assertRejects(() => ask([fill(1001)]), ProtocolError);
});

Deno.test("basicAuthorization() encodes a user and a password in UTF-8", () => {
  assertEquals(basicAuthorization("Aladdin", "open sesame"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  assertEquals(basicAuthorization("test", "123£"), "Basic dGVzdDoxMjPCow==");
  assertEquals(basicAuthorization("", ""), "Basic Og==");
});
