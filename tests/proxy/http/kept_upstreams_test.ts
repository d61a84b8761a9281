import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { ConnectError } from "../../../src/net/errors.ts";
import { latin1, latin1Bytes } from "../../../src/net/stream/latin1.ts";
import { writeAll } from "../../../src/net/stream/stream.ts";
import { KeptUpstreams } from "../../../src/proxy/http/kept_upstreams.ts";
import { UpstreamConnection } from "../../../src/proxy/http/upstream_connection.ts";
import { headers, Http2Wire } from "../../support/http2_wire.ts";
import { turn } from "../../support/in_time.ts";
import { authorityFor } from "../../support/inside.ts";
import { streamPair } from "../../support/memory_stream.ts";
import { connectTo, ip } from "../../support/policy.ts";
import { FRAME, frame } from "../../support/raw_http2.ts";
import { securePair } from "../../support/secure_pair.ts";
import { Wire } from "../../support/wire.ts";

const AUTHORITY = await authorityFor("DNS:allowed.test");
const ADDRESS = { ip: ip("93.184.216.34"), port: 443 };
const { target: TARGET } = connectTo("allowed.test:443");
const { target: OTHER } = connectTo("other.test:443");

/** What is kept, and the servers behind it. */
class Keeping implements AsyncDisposable {
  readonly kept = new KeptUpstreams();
  readonly #open: AsyncDisposable[] = [];

  /** A connection of HTTP/1.1, and its other end. */
  made(target = TARGET): { readonly upstream: UpstreamConnection; readonly server: Wire } {
    const [stream, theirs] = streamPair();
    const connected = { stream, reader: null, address: ADDRESS, plainProxy: null, secure: null };
    const server = new Wire(theirs);
    this.#open.push(server);
    return { upstream: new UpstreamConnection(connected, target), server };
  }

  /** A connection of HTTP/2 that has begun, and its other end. */
  async begun(address: typeof ADDRESS | null = ADDRESS) {
    const { client, server: theirs } = await securePair(AUTHORITY);
    const server = new Http2Wire(theirs);
    this.#open.push(server);
    const dropped = new AbortController();
    const stream = {
      ...client,
      close: () => {
        dropped.abort();
        client.close();
      },
    };
    const connected = { stream, reader: null, address, plainProxy: null, secure: client };
    const first = await this.kept.begin(connected, client, TARGET);
    await server.wire.readUntil("SM\r\n\r\n");
    await server.send(frame(FRAME.settings, 0, 0, new Uint8Array()));
    return { first, server, dropped: dropped.signal };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kept.close();
    for (const each of this.#open) await each[Symbol.asyncDispose]();
  }
}

const GET = latin1Bytes("GET / HTTP/1.1\r\nHost: allowed.test\r\n\r\n");

/** Sends a GET, has it answered and takes the answer. Tells the number of its stream. */
async function ask(upstream: UpstreamConnection, server: Http2Wire): Promise<number> {
  await writeAll(upstream.stream, GET);
  const { stream } = await server.until(FRAME.headers);
  await server.send(headers(stream, [[":status", "200"]]));
  assertEquals(latin1((await upstream.readHead(1024))!).slice(0, 13), "HTTP/1.1 200 ");
  return stream;
}

Deno.test("take() returns what was kept, once, and the one that rests longest", async () => {
  await using keeping = new Keeping();
  const { kept } = keeping;
  const [one, two] = [keeping.made().upstream, keeping.made().upstream];
  assertEquals(kept.take(TARGET), null);
  kept.keep(one);
  kept.keep(two);
  assertStrictEquals(kept.take(TARGET), one);
  assertStrictEquals(kept.take(TARGET), two);
  assertEquals(kept.take(TARGET), null);
  for (const taken of [one, two]) taken.close();
});

Deno.test("take() drops what goes elsewhere, and leaves what goes to the target", async () => {
  await using keeping = new Keeping();
  const { kept } = keeping;
  const elsewhere = keeping.made(OTHER);
  const first = keeping.made();
  const second = keeping.made();
  for (const { upstream } of [first, elsewhere, second]) kept.keep(upstream);
  assertStrictEquals(kept.take(TARGET), first.upstream);
  await elsewhere.server.readEnd();
  assertEquals(second.server.ending, null);
  assertStrictEquals(kept.take(TARGET), second.upstream);
  assertEquals(kept.take(OTHER), null);
  first.upstream.close();
  second.upstream.close();
});

// What was said unasked would be taken for the answer to the next request.
Deno.test("take() returns nothing that has ended, or spoken, while it rested", async () => {
  await using keeping = new Keeping();
  const [ended, spoken] = [keeping.made(), keeping.made()];
  for (const { upstream } of [ended, spoken]) keeping.kept.keep(upstream);
  ended.server.close();
  await spoken.server.send("HTTP/1.1 200 OK\r\n\r\n");
  await spoken.server.readEnd();
  await turn();
  assertEquals(keeping.kept.take(TARGET), null);
});

Deno.test("keep() keeps six and closes the seventh", async () => {
  await using keeping = new Keeping();
  const all = Array.from({ length: 7 }, () => keeping.made());
  for (const { upstream } of all) keeping.kept.keep(upstream);
  await all[6]!.server.readEnd();
  assertEquals(all.slice(0, 6).map(({ server }) => server.ending), Array(6).fill(null));
});

Deno.test("close() drops what rests, and whatever comes later", async () => {
  await using keeping = new Keeping();
  const [before, after] = [keeping.made(), keeping.made()];
  keeping.kept.keep(before.upstream);
  keeping.kept.close();
  await before.server.readEnd();
  keeping.kept.keep(after.upstream);
  await after.server.readEnd();
  assertEquals(keeping.kept.take(TARGET), null);
  keeping.kept.close();
});

Deno.test("begin() makes a connection that take() shares among requests to the same target", async () => {
  await using keeping = new Keeping();
  const { first, server } = await keeping.begun();
  const second = keeping.kept.take(TARGET)!;
  assertEquals([await ask(second, server), await ask(first, server)], [1, 3]);
  assertEquals(keeping.kept.take(OTHER), null);
  for (const part of [first, second]) {
    assertEquals([part.address, part.target], [ADDRESS, TARGET]);
    // What is one request cannot be kept for another.
    assertEquals(part.isKeepable, false);
    part.close();
  }
  const third = keeping.kept.take(TARGET)!;
  assertEquals(await ask(third, server), 5);
  third.close();
});

Deno.test("take() shares no connection that its server has left", async () => {
  await using keeping = new Keeping();
  const { first, server } = await keeping.begun();
  await writeAll(first.stream, GET);
  await server.until(FRAME.headers);
  await server.send(frame(FRAME.goAway, 0, 0, new Uint8Array(8)));
  await assertRejects(() => first.readHead(1024));
  assertEquals(keeping.kept.take(TARGET), null);
  first.close();
});

// Whom an upstream proxy has reached nobody has judged.
Deno.test("begin() shares no connection without an address, and drops it behind its request", async () => {
  await using keeping = new Keeping();
  const { first, server } = await keeping.begun(null);
  assertEquals(keeping.kept.take(TARGET), null);
  assertEquals(first.address, null);
  await ask(first, server);
  assertEquals(server.wire.ending, null);
  first.close();
  await server.wire.readAll();
});

Deno.test("begin() replaces the connection before, which is dropped behind what is under way on it", async () => {
  await using keeping = new Keeping();
  const old = await keeping.begun();
  const fresh = await keeping.begun();
  const next = keeping.kept.take(TARGET)!;
  await ask(next, fresh.server);
  await ask(old.first, old.server);
  assertEquals(old.server.wire.ending, null);
  old.first.close();
  await old.server.wire.readAll();
  assertEquals(fresh.server.wire.ending, null);
  for (const part of [fresh.first, next]) part.close();
});

Deno.test("close() drops a shared connection at once, whatever is under way on it", async () => {
  await using keeping = new Keeping();
  const { first, server, dropped } = await keeping.begun();
  await writeAll(first.stream, GET);
  await server.until(FRAME.headers);
  keeping.kept.close();
  assertEquals(dropped.aborted, true);
  await server.wire.readAll();
  await assertRejects(() => first.readHead(1024));
  assertEquals(keeping.kept.take(TARGET), null);
  first.close();
});

Deno.test("begin() closes the connection of a client that has left meanwhile", async () => {
  await using keeping = new Keeping();
  const { client, server } = await securePair(AUTHORITY);
  await using wire = new Wire(server);
  const parts = { reader: null, address: ADDRESS, plainProxy: null };
  const connected = { ...parts, stream: client, secure: client };
  const beginning = keeping.kept.begin(connected, client, TARGET);
  keeping.kept.close();
  await assertRejects(() => beginning, Deno.errors.BadResource);
  await wire.readAll();
});

/** Connecting, as a test lets it end. */
function connecting(kept: KeptUpstreams) {
  const ends: PromiseWithResolvers<string>[] = [];
  return {
    ends,
    connect: () =>
      kept.connect(() => {
        ends.push(Promise.withResolvers());
        return ends.at(-1)!.promise;
      }),
  };
}

Deno.test("connect() makes one connection for all who ask at once, and another for the next", async () => {
  const { ends, connect } = connecting(new KeptUpstreams());
  const asked = [connect(), connect(), connect()];
  assertEquals(ends.length, 1);
  let answered = 0;
  for (const each of asked) each.then(() => answered++);
  await turn();
  assertEquals(answered, 0);
  ends[0]!.resolve("made");
  assertEquals(await Promise.all(asked), ["made", null, null]);
  const next = connect();
  assertEquals(ends.length, 2);
  ends[1]!.resolve("again");
  assertEquals(await next, "again");
});

Deno.test("connect() fails for all who wait when the target cannot be reached", async () => {
  const { ends, connect } = connecting(new KeptUpstreams());
  const asked = [connect(), connect(), connect()];
  const failure = new ConnectError("connection_timeout", "Cannot connect in time");
  ends[0]!.reject(failure);
  const results = await Promise.allSettled(asked);
  const told = results.map((each) => each.status === "rejected" && each.reason === failure);
  assertEquals(told, [true, true, true]);
  const alone = connect();
  ends[1]!.reject(failure);
  await assertRejects(() => alone, ConnectError);
  const next = connect();
  ends[2]!.resolve("made");
  assertEquals(await next, "made");
});

// A client may give up one of its requests: that says nothing of the server.
Deno.test("connect() lets those who wait go on when the one that connects is given up", async () => {
  const { ends, connect } = connecting(new KeptUpstreams());
  const [first, second] = [connect(), connect()];
  const given = assertRejects(() => first, DOMException);
  ends[0]!.reject(new DOMException("The client connection is closed", "AbortError"));
  assertEquals(await second, null);
  await given;
  assertEquals(ends.length, 1);
});
