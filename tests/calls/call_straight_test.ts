import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { bodyOf, callFailed, callStraight } from "../../src/calls/call_straight.ts";
import { ConnectError, ProtocolError } from "../../src/net/errors.ts";
import type { ByteStream } from "../../src/net/stream/stream.ts";
import { callNetwork } from "../support/call_network.ts";
import { answering, ok, startOrigin } from "../support/origin.ts";

const NEVER = new AbortController().signal;

/** Calls a URL in a network of the test's own. Resolves to what happened, and whether the stream was closed. */
async function called(url: string, exchange: (stream: ByteStream) => Promise<string>) {
  await using origin = startOrigin(answering(ok()));
  const ports = callNetwork(origin);
  let closed = 0;
  const dial: typeof ports.dial = async (to, signal) => {
    const stream = await ports.dial(to, signal);
    return { ...bound(stream), close: () => (closed += 1, stream.close()) };
  };
  const call = { url: new URL(url), failure: "Cannot call", exchange };
  const outcome = await callStraight(call, { ...ports, dial }, NEVER).catch((error) => error);
  return { outcome, log: ports.log, closed };
}

function bound(stream: ByteStream): ByteStream {
  return {
    read: (into) => stream.read(into),
    write: (bytes) => stream.write(bytes),
    closeWrite: () => stream.closeWrite(),
    close: () => stream.close(),
  };
}

/** URLs, and what is asked of the network for them. */
const WAYS: readonly (readonly [string, ...string[]])[] = [
  ["http://a.test/x", "resolve a.test", "dial 192.0.2.1:80"],
  ["https://a.test", "resolve a.test", "dial 192.0.2.1:443", "tls a.test"],
  ["https://a.test:8443", "resolve a.test", "dial 192.0.2.1:8443", "tls a.test"],
  ["http://192.0.2.9:81", "dial 192.0.2.9:81"],
];

for (const [url, ...expected] of WAYS) {
  Deno.test(`callStraight() reaches ${url}, and closes behind it`, async () => {
    const { outcome, log, closed } = await called(url, () => Promise.resolve("done"));
    assertEquals([outcome, log, closed], ["done", expected, 1]);
  });
}

Deno.test("callStraight() tells what its exchange failed of, and closes", async () => {
  const known = new ProtocolError("upstream", "cut_short", "Cannot read");
  for (const [error, code] of [[known, "cut_short"], [new TypeError("x"), "connection_failed"]]) {
    const { outcome, closed } = await called("http://a.test", () => Promise.reject(error));
    assertEquals([outcome.code, closed], [code, 1]);
    if (error === known) assertStrictEquals(outcome, known);
    else {assertEquals([outcome.message, outcome.detail], [
        "Cannot call",
        "the connection broke off",
      ]);}
  }
});

Deno.test("callStraight() reaches no host that is none", async () => {
  const { outcome, log } = await called("http://a..b/", () => Promise.resolve("done"));
  assertEquals([outcome.message, log], ["Cannot call", []]);
  assertEquals(outcome.detail, "a label is empty");
});

Deno.test("callStraight() reaches nothing once it is to stop", async () => {
  await using origin = startOrigin(answering(ok()));
  const ports = callNetwork(origin);
  const reason = new Error("stop");
  const call = { url: new URL("http://a.test"), failure: "x", exchange: () => Promise.resolve(1) };
  const error = await assertRejects(() => callStraight(call, ports, AbortSignal.abort(reason)));
  assertStrictEquals(error, reason);
  assertEquals(ports.log, []);
});

Deno.test("callFailed() holds what was to be done, and what came between", () => {
  const error = callFailed("Cannot call", "it is gone");
  assertEquals([error instanceof ConnectError, error.message, error.detail], [
    true,
    "Cannot call",
    "it is gone",
  ]);
});

Deno.test("bodyOf() takes a body up to its bound, in bytes of its own", async () => {
  const buffer = new Uint8Array(2);
  const body = async (take: (piece: Uint8Array) => Promise<unknown>) => {
    for (const byte of [1, 2]) await take(buffer.fill(byte));
  };
  assertEquals(await bodyOf(body, 4), new Uint8Array([1, 1, 2, 2]));
  assertEquals(await bodyOf(body, 3), null);
  const broken = new Error("broken");
  assertStrictEquals(await assertRejects(() => bodyOf(() => Promise.reject(broken), 3)), broken);
});
