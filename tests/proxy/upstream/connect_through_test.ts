import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { ConnectError, type ConnectFault } from "../../../src/net/errors.ts";
import { latin1 } from "../../../src/net/stream/latin1.ts";
import type { NetworkRequest } from "../../../src/policy/request.ts";
import { DEFAULT_LIMITS } from "../../../src/proxy/limits.ts";
import {
  connectThrough,
  proxyFailure,
  type ThroughOptions,
  wantsCredentials,
} from "../../../src/proxy/upstream/connect_through.ts";
import { streamPair } from "../../support/memory_stream.ts";
import { turn } from "../../support/in_time.ts";
import { connectTo, httpTo } from "../../support/policy.ts";
import { type Piece, ScriptedStream } from "../../support/scripted_stream.ts";
import { asSecure } from "../../support/secure_stream.ts";
import { upstreamProxy } from "../../support/upstream.ts";

const NEVER = new AbortController().signal;
const TUNNEL = connectTo("a.test:443");
const OPTIONS: ThroughOptions = {
  startTls: () => Promise.reject(new Error("This test speaks no TLS")),
  via: [],
  limits: DEFAULT_LIMITS,
};

/** Asks a proxy that answers with these pieces. */
async function ask(
  url: string,
  pieces: readonly Piece[],
  request: NetworkRequest = TUNNEL,
  options = OPTIONS,
) {
  const stream = new ScriptedStream(...pieces);
  const connected = await connectThrough(upstreamProxy(url), request, stream, options, NEVER);
  return { stream, connected };
}

/** The error of asking it; the stream is closed then. */
async function failure(
  url: string,
  pieces: readonly Piece[],
  request?: NetworkRequest,
): Promise<ConnectError> {
  const stream = new ScriptedStream(...pieces);
  const error = await assertRejects(
    () => connectThrough(upstreamProxy(url), request ?? TUNNEL, stream, OPTIONS, NEVER),
    ConnectError,
  );
  assertEquals(stream.closed, true);
  return error;
}

Deno.test("connectThrough() asks an HTTP proxy for a tunnel by name, and keeps what follows", async () => {
  const answer = "HTTP/1.1 200 OK\r\n\r\nearly words";
  const { stream, connected } = await ask("http://me:pw@proxy.test", [answer]);
  assertEquals(
    stream.written,
    "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\nProxy-Authorization: Basic bWU6cHc=\r\n\r\n",
  );
  assertEquals(latin1(connected.reader!.buffered), "early words");
  assertStrictEquals(connected.stream, stream);
  assertEquals([connected.address, connected.plainProxy, stream.closed], [null, null, false]);
});

Deno.test("connectThrough() asks an HTTP proxy nothing for a plain request", async () => {
  for (
    const [url, authorization] of [
      ["http://proxy.test", null],
      ["http://me:pw@proxy.test", "Basic bWU6cHc="],
    ] as const
  ) {
    const { stream, connected } = await ask(url, [], httpTo("a.test"));
    assertEquals([stream.written, stream.rooms], ["", []]);
    assertEquals([connected.reader, connected.address], [null, null]);
    assertEquals(connected.plainProxy, { proxy: upstreamProxy(url), authorization });
  }
});

Deno.test("connectThrough() asks for a tunnel for a plain request that may leave HTTP", async () => {
  const request = httpTo("a.test", { upgrades: true });
  const { stream, connected } = await ask(
    "http://proxy.test",
    ["HTTP/1.1 200 OK\r\n\r\n"],
    request,
  );
  assertEquals(stream.written, "CONNECT a.test:80 HTTP/1.1\r\nHost: a.test:80\r\n\r\n");
  assertEquals(connected.plainProxy, null);
});

// RFC 1928, RFC 1929.
const TO_A = "\x05\x01\x00\x03\x06a.test\x01\xbb";
const OK = "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00";

Deno.test("connectThrough() asks a SOCKS5 proxy by name, for plain requests too", async () => {
  for (const request of [TUNNEL, httpTo("a.test:443")]) {
    const { stream, connected } = await ask(
      "socks5://proxy.test",
      ["\x05\x00", `${OK}early`],
      request,
    );
    assertEquals(stream.written, `\x05\x01\x00${TO_A}`);
    assertEquals(latin1(connected.reader!.buffered), "early");
    assertEquals([connected.address, connected.plainProxy], [null, null]);
  }
});

Deno.test("connectThrough() signs in to a SOCKS5 proxy", async () => {
  const { stream } = await ask("socks5h://me:pw@proxy.test", ["\x05\x02", "\x01\x00", OK]);
  assertEquals(stream.written, `\x05\x02\x00\x02\x01\x02me\x02pw${TO_A}`);
});

const HTTP = "http://proxy.test";
const SOCKS = "socks5://proxy.test";
const NO_CREDENTIALS = "it asks for a user name and a password, and its URL has none";
const OTHER_CREDENTIALS = "it does not accept the user name and the password of its URL";
const NOT_HTTP = "its answer is not valid HTTP, or ended early";
const NOT_SOCKS = "its answer is not valid SOCKS5, or ended early";
const reset = () => new Deno.errors.ConnectionReset("reset");

const FAILURES: readonly (readonly [string, string, readonly Piece[], ConnectFault, string])[] = [
  ["407", HTTP, ["HTTP/1.1 407 x\r\n\r\n"], "upstream_proxy_authentication", NO_CREDENTIALS],
  [
    "407 to credentials",
    "http://me:pw@proxy.test",
    ["HTTP/1.1 407 x\r\n\r\n"],
    "upstream_proxy_authentication",
    OTHER_CREDENTIALS,
  ],
  ["403", HTTP, ["HTTP/1.1 403 x\r\n\r\n"], "upstream_proxy_refused", "it answered 403"],
  ["302", HTTP, ["HTTP/1.1 302 x\r\n\r\n"], "upstream_proxy_refused", "it answered 302"],
  ["101", HTTP, ["HTTP/1.1 101 x\r\n\r\n"], "upstream_proxy_refused", "it answered 101"],
  ["300", HTTP, ["HTTP/1.1 300 x\r\n\r\n"], "upstream_proxy_refused", "it answered 300"],
  ["504", HTTP, ["HTTP/1.1 504 x\r\n\r\n"], "upstream_proxy_refused", "it answered 504"],
  ["an early end", HTTP, ["HTTP/1.1 200"], "upstream_proxy_failed", NOT_HTTP],
  ["nothing", HTTP, [], "upstream_proxy_failed", NOT_HTTP],
  ["garbage", HTTP, ["\x00\x01\x02"], "upstream_proxy_failed", NOT_HTTP],
  ["a reset", HTTP, [reset()], "upstream_proxy_failed", "it closed the connection"],
  ["method 0xff", SOCKS, ["\x05\xff"], "upstream_proxy_authentication", NO_CREDENTIALS],
  [
    "bad credentials",
    "socks5://me:pw@proxy.test",
    ["\x05\x02", "\x01\x01"],
    "upstream_proxy_authentication",
    OTHER_CREDENTIALS,
  ],
  ["SOCKS garbage", SOCKS, ["HTTP/1.1 400\r\n"], "upstream_proxy_failed", NOT_SOCKS],
  ["a short SOCKS answer", SOCKS, ["\x05\x00", "\x05\x00\x00"], "upstream_proxy_failed", NOT_SOCKS],
  ...([
    [1, "upstream_proxy_refused"],
    [2, "upstream_proxy_refused"],
    [3, "network_unreachable"],
    [4, "host_unreachable"],
    [5, "connection_refused"],
    [6, "connection_timeout"],
    [7, "upstream_proxy_refused"],
    [8, "upstream_proxy_refused"],
    [0x5b, "upstream_proxy_refused"],
  ] as const).map(([code, fault]) =>
    [
      `SOCKS code ${code}`,
      SOCKS,
      ["\x05\x00", `\x05${String.fromCharCode(code)}\x00\x01\0\0\0\0\0\0`],
      fault,
      `it answered with SOCKS code ${code}`,
    ] as const
  ),
];

for (const [what, url, pieces, code, why] of FAILURES) {
  Deno.test(`connectThrough() that gets ${what} fails with ${code}`, async () => {
    const error = await failure(url, pieces);
    assertEquals([error.code, error.detail], [code, `upstream proxy of HTTPS_PROXY: ${why}`]);
    assertEquals(error.message.includes("pw"), false);
  });
}

Deno.test("connectThrough() reads no more of a head than its limit", async () => {
  const stream = new ScriptedStream("HTTP/1.1 200 OK\r\n", ...Array(100).fill("A: b\r\n"));
  const limits = { headBytes: 200, headFields: 10 };
  const error = await assertRejects(
    () => connectThrough(upstreamProxy(HTTP), TUNNEL, stream, { ...OPTIONS, limits }, NEVER),
    ConnectError,
  );
  assertEquals(error.code, "upstream_proxy_failed");
  assertEquals(stream.rooms.length < 50, true);
});

Deno.test("connectThrough() stops when it is told to, and closes", async () => {
  const [ours, theirs] = streamPair();
  const stop = new AbortController();
  const asking = connectThrough(upstreamProxy(HTTP), TUNNEL, ours, OPTIONS, stop.signal);
  const failing = assertRejects(() => asking);
  await turn();
  const reason = new ConnectError("connection_timeout", "late");
  stop.abort(reason);
  assertStrictEquals(await failing, reason);
  const request = new Uint8Array(1000);
  await theirs.read(request);
  assertEquals(await theirs.read(request), null);
});

Deno.test("connectThrough() speaks TLS first to an https proxy, for its own name", async () => {
  const outside = new ScriptedStream();
  const inside = asSecure(new ScriptedStream("HTTP/1.1 200 OK\r\n\r\n"));
  const hosts: unknown[] = [];
  const startTls: ThroughOptions["startTls"] = (stream, host) => {
    assertStrictEquals(stream, outside);
    hosts.push(host);
    return Promise.resolve(inside);
  };
  const proxy = upstreamProxy("https://me:pw@proxy.test");
  const tunnel = await connectThrough(proxy, TUNNEL, outside, { ...OPTIONS, startTls }, NEVER);
  assertStrictEquals(tunnel.stream, inside);
  const request = httpTo("a.test");
  const plain = await connectThrough(proxy, request, outside, { ...OPTIONS, startTls }, NEVER);
  assertStrictEquals(plain.stream, inside);
  assertEquals(plain.plainProxy, { proxy, authorization: "Basic bWU6cHc=" });
  assertEquals(hosts, Array(2).fill({ kind: "name", name: "proxy.test" }));
  assertEquals(outside.written, "");
});

Deno.test("connectThrough() takes TLS that fails for a proxy that cannot be used", async () => {
  const detail = "its certificate is bad";
  const startTls = () => Promise.reject(new ConnectError("connection_failed", "x", { detail }));
  const proxy = upstreamProxy("https://proxy.test");
  const stream = new ScriptedStream();
  const error = await assertRejects(
    () => connectThrough(proxy, TUNNEL, stream, { ...OPTIONS, startTls }, NEVER),
    ConnectError,
  );
  assertEquals(error.code, "upstream_proxy_failed");
  assertEquals(error.detail, `upstream proxy of HTTPS_PROXY: ${detail}`);
});

Deno.test("proxyFailure() says why, and tells what took too long", () => {
  const proxy = upstreamProxy("http://me:pw@proxy.test", "HTTP_PROXY");
  const of = (code: ConnectFault) => {
    const { code: told, detail } = proxyFailure(proxy, new ConnectError(code, "x"));
    return [told, detail];
  };
  assertEquals(of("connection_refused"), [
    "upstream_proxy_failed",
    "upstream proxy of HTTP_PROXY: it refused the connection",
  ]);
  assertEquals(of("dns_failure")[0], "upstream_proxy_failed");
  assertEquals(of("dns_timeout")[0], "connection_timeout");
  assertEquals(of("connection_timeout"), [
    "connection_timeout",
    "upstream proxy of HTTP_PROXY: no connection was made in time",
  ]);
});

Deno.test("wantsCredentials() names the proxy, and never its password", () => {
  const error = wantsCredentials(upstreamProxy("http://me:secret@proxy.test"));
  assertEquals(
    error.message,
    `Cannot connect through http://proxy.test:80 (HTTPS_PROXY): ${OTHER_CREDENTIALS}`,
  );
});
