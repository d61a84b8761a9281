import { assertEquals, assertStrictEquals } from "@std/assert";
import { UNATTRIBUTED } from "../../src/audit/attribution.ts";
import { Deadlines } from "../../src/net/time/deadlines.ts";
import { latin1, latin1Bytes } from "../../src/net/stream/latin1.ts";
import type { ByteStream } from "../../src/net/stream/stream.ts";
import { ClientConnection } from "../../src/proxy/client_connection.ts";
import type { LimitName, Reached } from "../../src/proxy/limits.ts";
import { UpstreamConnection } from "../../src/proxy/http/upstream_connection.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { turn, until } from "../support/in_time.ts";
import { streamPair } from "../support/memory_stream.ts";
import { connectTo, ip } from "../support/policy.ts";
import { ScriptedStream } from "../support/scripted_stream.ts";
import { Wire } from "../support/wire.ts";

const PEER = { ip: ip("127.0.0.1"), port: 50_000 };
const LOCAL = { ip: ip("127.0.0.1"), port: 3128 };

interface Held extends AsyncDisposable {
  readonly client: ClientConnection;
  readonly wire: Wire;
  readonly clock: FakeClock;
  pass(ms: number): Promise<void>;
}

function hold(stream?: ByteStream, capacity = Infinity, reached: Reached = () => {}): Held {
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock, reportError);
  const [ours, theirs] = streamPair(capacity);
  const client = new ClientConnection({
    stream: stream ?? ours,
    peer: PEER,
    local: LOCAL,
    entrance: { listener: "127.0.0.1:3128", attribution: UNATTRIBUTED, nextId: () => 1 },
    deadlines,
    idleMs: 1000,
    reached,
  });
  const wire = new Wire(theirs, { paused: capacity !== Infinity });
  return {
    client,
    wire,
    clock,
    async pass(ms: number): Promise<void> {
      await turn();
      clock.advance(ms);
      await turn();
    },
    async [Symbol.asyncDispose](): Promise<void> {
      client.close();
      await wire[Symbol.asyncDispose]();
      deadlines.stop();
    },
  };
}

/** A stream that counts how often it is closed. */
function counting(): { stream: ByteStream; closes: () => number } {
  const inner = new ScriptedStream();
  let closes = 0;
  return {
    stream: Object.assign(inner, { close: () => void closes++ }),
    closes: () => closes,
  };
}

Deno.test("close() drops the client and the upstream connection that is kept for it", async () => {
  await using held = hold();
  const { upstream, closes } = keepable();
  held.client.upstreams.keep(upstream);
  held.client.close();
  held.client.close();
  assertEquals(closes(), 1);
  assertEquals(held.client.closed, true);
  await held.wire.readEnd();
});

/** A connection that may be kept, and how often it was closed. */
function keepable() {
  const { stream, closes } = counting();
  const address = { ip: ip("192.0.2.1"), port: 80 };
  const connected = { stream, reader: null, address, plainProxy: null, secure: null };
  return { upstream: new UpstreamConnection(connected, connectTo("a.test:80").target), closes };
}

Deno.test("closeAfter() notes the limit that closed it, and none once another wait has taken its place", async () => {
  const reached: LimitName[] = [];
  const note: Reached = (limit) => reached.push(limit);
  await using first = hold(undefined, Infinity, note);
  first.client.closeAfter(1000, "idleMs");
  await first.pass(1250);
  assertEquals([first.client.closed, reached], [true, ["idleMs"]]);
  await using second = hold(undefined, Infinity, note);
  second.client.closeAfter(1000, "idleMs");
  second.client.closeAfter(1000);
  await second.pass(1250);
  assertEquals([second.client.closed, reached], [true, ["idleMs"]]);
  // Closing it is no limit.
  await using third = hold(undefined, Infinity, note);
  third.client.closeAfter(1000, "idleMs");
  third.client.close();
  await third.pass(1250);
  assertEquals(reached, ["idleMs"]);
});

// What was connected to for a request in the clear is in the clear itself.
Deno.test("goInside() reads and writes inside from then on, and drops what was kept outside", async () => {
  await using held = hold();
  const { client } = held;
  const outside = keepable();
  client.upstreams.keep(outside.upstream);
  const inside = new ScriptedStream("inside");
  client.goInside(inside);
  assertEquals(outside.closes(), 1);
  assertEquals(client.upstreams.take(connectTo("a.test:80").target), null);
  await client.reader.fill();
  assertEquals(latin1(client.reader.buffered), "inside");
  await client.answer(latin1Bytes("answer"));
  assertEquals([inside.written, held.wire.received], ["answer", ""]);
  const next = keepable();
  client.upstreams.keep(next.upstream);
  assertEquals(next.closes(), 0);
  client.close();
  assertEquals([inside.closed, next.closes()], [true, 1]);
});

Deno.test("goInside() closes what is inside of a client that is gone", () => {
  const { client } = hold();
  client.close();
  const inside = new ScriptedStream();
  client.goInside(inside);
  assertEquals(inside.closed, true);
});

Deno.test("carry() makes clients of their own, which share what is kept and end with their carrier", async () => {
  await using held = hold();
  const { client } = held;
  const [first, second] = [client.carry(counting().stream), client.carry(counting().stream)];
  assertEquals([first.address, [...client.carried]], [client.address, [first, second]]);
  const kept = keepable();
  first.upstreams.keep(kept.upstream);
  first.close();
  assertEquals([kept.closes(), client.closed, second.closed], [0, false, false]);
  assertEquals([...client.carried], [second]);
  assertStrictEquals(second.upstreams.take(connectTo("a.test:80").target), kept.upstream);
  second.upstreams.keep(kept.upstream);
  client.close();
  assertEquals([second.closed, kept.closes(), [...client.carried]], [true, 1, []]);
  assertEquals(client.carry(counting().stream).closed, true);
});

Deno.test("a client is under the idle limit from the start", async () => {
  await using held = hold();
  await held.pass(2000);
  assertEquals(held.client.closed, true);
});

Deno.test("closeAlong() closes with the client, until released, and at once if it is closed", () => {
  const released = counting();
  const bound = counting();
  const late = counting();
  const { client } = hold();
  client.closeAlong(released.stream)();
  client.closeAlong(bound.stream);
  client.close();
  client.closeAlong(late.stream);
  assertEquals([released.closes(), bound.closes(), late.closes()], [0, 1, 1]);
});

Deno.test("answer() drops a client that does not take it", async () => {
  await using held = hold(undefined, 4);
  const answered = held.client.answer(new Uint8Array(8)).then(() => "taken", () => "dropped");
  await held.pass(9_000);
  assertEquals(held.client.closed, false);
  await held.pass(2_000);
  assertEquals(held.client.closed, true);
  assertEquals(await answered, "dropped");
});

Deno.test("lookAhead() keeps what comes for the next request", async () => {
  await using held = hold();
  held.client.lookAhead(() => {
    throw new Error("It has not left");
  });
  await held.wire.send("GET ");
  assertEquals(await held.client.mayContinue(), true);
  assertEquals(held.client.reader.buffered.length, 4);
});

Deno.test("lookAhead() tells the last who asked when the client finishes sending", async () => {
  await using held = hold();
  const told: string[] = [];
  held.client.lookAhead(() => told.push("first"));
  held.client.lookAhead(() => told.push("second"));
  await held.wire.closeWrite();
  assertEquals(await held.client.mayContinue(), false);
  held.client.lookAhead(() => told.push("third"));
  assertEquals(told, ["second", "third"]);
  assertEquals(held.client.closed, false);
});

Deno.test("lookAhead() closes a client that was reset", async () => {
  await using held = hold(new ScriptedStream(new Deno.errors.ConnectionReset("reset")));
  held.client.lookAhead(() => {});
  assertEquals(await held.client.mayContinue(), false);
  assertEquals(held.client.closed, true);
});

Deno.test("lookAhead() reads no more than one buffer ahead", async () => {
  const stream = new ScriptedStream("x".repeat(100_000));
  await using held = hold(stream);
  held.client.lookAhead(() => {});
  await held.client.mayContinue();
  held.client.lookAhead(() => {});
  assertEquals(stream.rooms.length, 1);
});

Deno.test("linger() says the end first and waits for the client's", async () => {
  await using held = hold();
  const lingering = held.client.linger();
  await held.wire.readEnd();
  assertEquals(held.client.closed, false);
  await held.wire.send("still on its way");
  await held.wire.closeWrite();
  await lingering;
  assertEquals(held.client.closed, true);
});

Deno.test("linger() waits two seconds at most, also for a client that sends on", async () => {
  await using held = hold();
  const lingering = held.client.linger();
  await held.wire.send("x");
  await held.pass(2_500);
  await lingering;
  assertEquals(held.client.closed, true);
});

Deno.test("linger() takes 256 KiB at most", async () => {
  await using held = hold();
  const lingering = held.client.linger();
  await held.wire.send("x".repeat(256 * 1024));
  await until(() => held.client.closed, "the client is closed");
  await lingering;
});

Deno.test("linger() never rejects", async () => {
  await using held = hold(new ScriptedStream(new Deno.errors.ConnectionReset("reset")));
  await held.client.linger();
  await held.client.linger();
  assertEquals(held.client.closed, true);
});

Deno.test("hold() tells that the client has finished sending, and leaves it open", async () => {
  await using held = hold();
  const gone = held.client.hold(5000);
  await turn();
  assertEquals(gone.aborted, false);
  await held.wire.closeWrite();
  await until(() => gone.aborted, "the end is noticed");
  assertEquals(held.client.closed, false);
});

Deno.test("hold() tells at once of a client that has finished sending before", async () => {
  await using held = hold();
  held.client.lookAhead(() => {});
  await held.wire.closeWrite();
  await held.client.mayContinue();
  assertEquals(held.client.hold(5000).aborted, true);
});

Deno.test("hold() closes a client that was reset", async () => {
  await using held = hold(new ScriptedStream(new Deno.errors.ConnectionReset("reset")));
  held.client.hold(5000);
  await turn();
  assertEquals(held.client.closed, true);
});

Deno.test("hold() is a limit in place of the one before", async () => {
  await using held = hold();
  held.client.hold(5000);
  await held.pass(4900);
  assertEquals(held.client.closed, false);
  await held.pass(350);
  assertEquals(held.client.closed, true);
});

Deno.test("hold() keeps what comes meanwhile for whoever reads next", async () => {
  await using held = hold();
  const gone = held.client.hold(5000);
  const into = new Uint8Array(16);
  const reading = held.client.reader.read(into);
  await held.wire.send("hello");
  assertEquals([await reading, gone.aborted], [5, false]);
});

Deno.test("lookAhead() looks for the end again once what came was taken", async () => {
  await using held = hold();
  held.client.hold(5000);
  await held.wire.send("body");
  await until(() => held.client.reader.buffered.length === 4, "the body is there");
  held.client.reader.consume(4);
  const told: string[] = [];
  held.client.lookAhead(() => told.push("left"));
  await held.wire.closeWrite();
  assertEquals([await held.client.mayContinue(), told], [false, ["left"]]);
});

Deno.test("hold() notices the end behind bytes that were sent already, and keeps those", async () => {
  await using held = hold();
  await held.wire.send("early");
  await held.client.reader.fill();
  const gone = held.client.hold(30_000);
  await held.wire.send(" words");
  await turn();
  assertEquals(gone.aborted, false);
  await held.wire.closeWrite();
  await until(() => gone.aborted, "the client is missed");
  const words = new TextDecoder().decode(held.client.reader.buffered);
  assertEquals(words, "early words");
});

Deno.test("letGo() leaves what comes after the wait to whoever reads then", async () => {
  await using held = hold();
  held.client.hold(30_000);
  await held.wire.send("one");
  await turn();
  held.client.letGo();
  await held.wire.send("two");
  await turn();
  const into = new Uint8Array(16);
  let read = "";
  while (read.length < 6) {
    const count = await held.client.reader.read(into);
    read += new TextDecoder().decode(into.subarray(0, count!));
  }
  assertEquals(read, "onetwo");
});

Deno.test("a signal is aborted with the client, as long as somebody heeds it", () => {
  const { client } = hold();
  const { signal } = client;
  assertEquals([client.signal === signal, signal.aborted], [true, false]);
  client.forgetSignal();
  const second = client.signal;
  client.close();
  assertEquals([signal.aborted, second.aborted, client.signal.aborted], [false, true, true]);
  client.forgetSignal();
  assertEquals(client.signal.aborted, true);
});
