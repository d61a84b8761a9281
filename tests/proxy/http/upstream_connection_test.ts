import { assertEquals, assertRejects } from "@std/assert";
import { latin1 } from "../../../src/net/stream/latin1.ts";
import { UpstreamConnection } from "../../../src/proxy/http/upstream_connection.ts";
import { turn } from "../../support/in_time.ts";
import { streamPair } from "../../support/memory_stream.ts";
import { connectTo, ip } from "../../support/policy.ts";
import { Wire } from "../../support/wire.ts";

const ADDRESS = { ip: ip("93.184.216.34"), port: 80 };
const HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

interface Held extends AsyncDisposable {
  readonly upstream: UpstreamConnection;
  readonly origin: Wire;
}

function hold(): Held {
  const [ours, theirs] = streamPair();
  const upstream = new UpstreamConnection(
    { stream: ours, reader: null, address: ADDRESS, plainProxy: null, secure: null },
    connectTo("a.test:80").target,
  );
  const origin = new Wire(theirs);
  return {
    upstream,
    origin,
    async [Symbol.asyncDispose](): Promise<void> {
      upstream.close();
      await origin[Symbol.asyncDispose]();
    },
  };
}

async function headOf(upstream: UpstreamConnection): Promise<string | null> {
  const bytes = await upstream.readHead(1024);
  return bytes === null ? null : latin1(bytes);
}

Deno.test("serves() the very target it was made for, and nothing once closed", async () => {
  await using held = hold();
  const { upstream } = held;
  assertEquals(upstream.serves(connectTo("A.test.:80").target), true);
  assertEquals(upstream.serves(connectTo("a.test:81").target), false);
  assertEquals(upstream.serves(connectTo("b.a.test:80").target), false);
  assertEquals(upstream.serves(connectTo("93.184.216.34:80").target), false);
  upstream.close();
  assertEquals(upstream.serves(connectTo("a.test:80").target), false);
});

Deno.test("serves() no target when it was made for a unix socket", async () => {
  const [ours, theirs] = streamPair();
  await using _origin = new Wire(theirs);
  const connected = { stream: ours, reader: null, address: null, plainProxy: null, secure: null };
  const upstream = new UpstreamConnection(connected, null);
  assertEquals(upstream.serves(connectTo("a.test:80").target), false);
  upstream.close();
});

Deno.test("readHead() reads the answer that comes after a rest", async () => {
  await using held = hold();
  held.upstream.rest();
  await turn();
  held.upstream.wake();
  await held.origin.send(HEAD);
  assertEquals(await headOf(held.upstream), HEAD);
});

Deno.test("readHead() tells that the connection ended before its first byte", async () => {
  await using held = hold();
  held.upstream.rest();
  held.upstream.wake();
  held.origin.close();
  assertEquals(await headOf(held.upstream), null);
});

Deno.test("rest() gives up a connection that ends meanwhile", async () => {
  await using held = hold();
  held.upstream.rest();
  held.origin.close();
  await turn();
  assertEquals(held.upstream.serves(connectTo("a.test:80").target), false);
});

// Bytes that nobody asked for would be taken as the answer to the next request.
Deno.test("rest() gives up a connection on which the origin speaks unasked", async () => {
  await using held = hold();
  held.upstream.rest();
  await held.origin.send(HEAD);
  await held.origin.readEnd();
  assertEquals(held.upstream.serves(connectTo("a.test:80").target), false);
});

Deno.test("rest() again after an answer watches again", async () => {
  await using held = hold();
  held.upstream.rest();
  held.upstream.wake();
  await held.origin.send(HEAD);
  await held.upstream.readHead(1024);
  held.upstream.reader.consume(HEAD.length);
  held.upstream.rest();
  await held.origin.send("more");
  await held.origin.readEnd();
});

Deno.test("close() ends a read that is under way", async () => {
  await using held = hold();
  const reading = assertRejects(() => held.upstream.readHead(1024));
  held.upstream.close();
  held.upstream.close();
  await reading;
});
