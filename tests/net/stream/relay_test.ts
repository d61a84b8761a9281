import { assertEquals, assertRejects } from "@std/assert";
import { BufferPool } from "../../../src/net/stream/buffer_pool.ts";
import { BufferedReader } from "../../../src/net/stream/buffered_reader.ts";
import { latin1, latin1Bytes } from "../../../src/net/stream/latin1.ts";
import { relay, type RelayMeter } from "../../../src/net/stream/relay.ts";
import { type ByteStream, writeAll } from "../../../src/net/stream/stream.ts";
import { CountingPool } from "../../support/counting_pool.ts";
import { turn } from "../../support/in_time.ts";
import { streamPair } from "../../support/memory_stream.ts";
import { ScriptedStream } from "../../support/scripted_stream.ts";

interface World {
  readonly client: ByteStream;
  readonly server: ByteStream;
  readonly relayed: Promise<boolean>;
  readonly pool: CountingPool;
  readonly meter: TestMeter;
}

/** A meter that counts how often it is touched. */
interface TestMeter extends RelayMeter {
  readonly touches: number;
}

function newMeter(): TestMeter {
  let touches = 0;
  return {
    up: 0,
    down: 0,
    touch: () => void touches++,
    get touches(): number {
      return touches;
    },
  };
}

/** What was passed on, from the client and to it. */
function carried({ up, down }: RelayMeter): readonly [number, number] {
  return [up, down];
}

/** A client, a relay, a server. Each direction of each connection holds `capacity` bytes. */
function world(capacity = Infinity): World {
  const [client, clientSide] = streamPair(capacity);
  const [serverSide, server] = streamPair(capacity);
  const pool = new CountingPool();
  const meter = newMeter();
  const relayed = relay(
    { source: clientSide, stream: clientSide },
    { source: serverSide, stream: serverSide },
    pool,
    meter,
  );
  return { client, server, relayed, pool, meter };
}

/** The next `count` bytes. */
async function take(stream: ByteStream, count: number): Promise<string> {
  const into = new Uint8Array(count);
  let at = 0;
  while (at < count) at += await stream.read(into.subarray(at)) ?? 0;
  return latin1(into);
}

/** Everything up to the end. */
async function rest(stream: ByteStream): Promise<string> {
  const into = new Uint8Array(1024 * 1024);
  let text = "";
  for (let count = await stream.read(into); count !== null; count = await stream.read(into)) {
    text += latin1(into.subarray(0, count));
  }
  return text;
}

Deno.test("relay() carries bytes both ways and counts them", async () => {
  const { client, server, relayed, meter } = world();
  await writeAll(client, latin1Bytes("ping"));
  assertEquals(await take(server, 4), "ping");
  await writeAll(server, latin1Bytes("pong!"));
  assertEquals(await take(client, 5), "pong!");
  await client.closeWrite();
  await server.closeWrite();
  assertEquals(await relayed, true);
  assertEquals(carried(meter), [4, 5]);
  assertEquals(meter.touches, 2);
});

Deno.test("relay() carries every byte value unchanged, and bulk", async () => {
  const { client, server, relayed, pool, meter } = world();
  const bulk = Uint8Array.from({ length: 3_000_000 }, (_, index) => index * 7 + (index >> 8));
  const sending = writeAll(client, bulk).then(() => client.closeWrite());
  const received = await rest(server);
  assertEquals(received === latin1(bulk), true);
  await sending;
  await server.closeWrite();
  await relayed;
  assertEquals(carried(meter), [3_000_000, 0]);
  assertEquals([pool.most, pool.borrowed], [1, 0]);
});

Deno.test("relay() passes on that the client has finished, and goes on the other way", async () => {
  const { client, server, relayed, meter } = world();
  await writeAll(client, latin1Bytes("request"));
  await client.closeWrite();
  assertEquals(await rest(server), "request");
  await writeAll(server, latin1Bytes("the answer"));
  assertEquals(await take(client, 10), "the answer");
  await server.closeWrite();
  assertEquals(await rest(client), "");
  assertEquals(await relayed, true);
  assertEquals(carried(meter), [7, 10]);
});

Deno.test("relay() passes on that the server has finished, and goes on the other way", async () => {
  const { client, server, relayed, meter } = world();
  await writeAll(server, latin1Bytes("banner"));
  await server.closeWrite();
  assertEquals(await rest(client), "banner");
  await writeAll(client, latin1Bytes("thanks"));
  assertEquals(await take(server, 6), "thanks");
  await client.closeWrite();
  assertEquals(await relayed, true);
  assertEquals(carried(meter), [6, 6]);
});

Deno.test("relay() closes both streams once both sides have finished", async () => {
  const client = new ScriptedStream("up");
  const upstream = new ScriptedStream("down!");
  const meter = newMeter();
  await relay(
    { source: client, stream: client },
    { source: upstream, stream: upstream },
    new BufferPool(),
    meter,
  );
  assertEquals(carried(meter), [2, 5]);
  assertEquals([upstream.written, upstream.closed], ["up", true]);
  assertEquals([client.written, client.closed], ["down!", true]);
  // The first to finish is passed on by itself; the second by the close.
  assertEquals([upstream.closedWrite, client.closedWrite], [true, false]);
});

Deno.test("relay() ends both when the client goes away", async () => {
  const { client, server, relayed, meter } = world();
  await writeAll(client, latin1Bytes("half"));
  assertEquals(await take(server, 4), "half");
  client.close();
  assertEquals(await rest(server), "");
  await writeAll(server, latin1Bytes("to nobody"));
  assertEquals(await relayed, false);
  assertEquals(carried(meter), [4, 0]);
  await assertRejects(() => server.write(latin1Bytes("x")), Deno.errors.BrokenPipe);
});

Deno.test("relay() ends both when a read fails on either side", async () => {
  for (const side of ["client", "upstream"] as const) {
    const broken = new ScriptedStream("first", new Deno.errors.ConnectionReset());
    const [healthy, peer] = streamPair();
    const ends = side === "client" ? [broken, healthy] as const : [healthy, broken] as const;
    const meter = newMeter();
    const relayed = relay(
      { source: ends[0], stream: ends[0] },
      { source: ends[1], stream: ends[1] },
      new BufferPool(),
      meter,
    );
    assertEquals(await rest(peer), "first", side);
    assertEquals(await relayed, false);
    const { up, down } = meter;
    assertEquals([up + down, broken.closed], [5, true], side);
  }
});

Deno.test("relay() ends both when a write fails, and does not count what was lost", async () => {
  const [client, clientSide] = streamPair();
  const upstream = new ScriptedStream();
  upstream.broken = new Deno.errors.BrokenPipe();
  const closed = Promise.withResolvers<number | null>();
  upstream.read = () => closed.promise;
  upstream.close = () => closed.reject(new Deno.errors.Interrupted());
  const meter = newMeter();
  const relayed = relay(
    { source: clientSide, stream: clientSide },
    { source: upstream, stream: upstream },
    new BufferPool(),
    meter,
  );
  await writeAll(client, latin1Bytes("lost"));
  assertEquals(await relayed, false);
  assertEquals(carried(meter), [0, 0]);
  assertEquals(await rest(client), "");
});

Deno.test("relay() ends when both streams are closed from outside, as a limit does", async () => {
  const [, clientSide] = streamPair();
  const [serverSide] = streamPair();
  const meter = newMeter();
  const relayed = relay(
    { source: clientSide, stream: clientSide },
    { source: serverSide, stream: serverSide },
    new BufferPool(),
    meter,
  );
  await turn();
  clientSide.close();
  serverSide.close();
  assertEquals(await relayed, false);
  assertEquals(carried(meter), [0, 0]);
});

Deno.test("relay() sends what a reader holds already before what comes", async () => {
  const [client, clientSide] = streamPair();
  const [serverSide, server] = streamPair();
  const reader = new BufferedReader(clientSide);
  await writeAll(client, latin1Bytes("early "));
  await reader.fill();
  const meter = newMeter();
  const relayed = relay(
    { source: reader, stream: clientSide },
    { source: serverSide, stream: serverSide },
    new BufferPool(),
    meter,
  );
  await writeAll(client, latin1Bytes("and late"));
  await client.closeWrite();
  assertEquals(await rest(server), "early and late");
  await server.closeWrite();
  await relayed;
  assertEquals(carried(meter), [14, 0]);
});

Deno.test("relay() reads one buffer ahead of a receiver that takes nothing, and no more", async () => {
  const upstream = new ScriptedStream("x".repeat(10_000_000));
  const [client, clientSide] = streamPair(1);
  const pool = new CountingPool();
  const relayed = relay(
    { source: clientSide, stream: clientSide },
    { source: upstream, stream: upstream },
    pool,
    newMeter(),
  );
  await turn();
  assertEquals(upstream.rooms, [1024]);
  assertEquals(await take(client, 1024), "x".repeat(1024));
  await turn();
  assertEquals(upstream.rooms, [1024, 256 * 1024]);
  assertEquals(pool.borrowed, 1);
  client.close();
  await relayed;
  assertEquals(pool.borrowed, 0);
});

Deno.test("relay() gives back what it borrowed while it goes on with little", async () => {
  const { client, server, relayed, pool } = world();
  await writeAll(client, new Uint8Array(600_000));
  await take(server, 600_000);
  assertEquals(pool.borrowed, 1);
  for (let message = 0; message < 8; message++) {
    await writeAll(client, latin1Bytes("ping"));
    await take(server, 4);
    await turn();
  }
  assertEquals(pool.borrowed, 0);
  await client.closeWrite();
  await server.closeWrite();
  await relayed;
});

Deno.test("relay() counts as it goes, what was passed on and not what was read", async () => {
  const [client, clientSide] = streamPair(4);
  const [serverSide, server] = streamPair(4);
  const meter = newMeter();
  const relayed = relay(
    { source: clientSide, stream: clientSide },
    { source: serverSide, stream: serverSide },
    new BufferPool(),
    meter,
  );
  await writeAll(client, latin1Bytes("four"));
  await turn();
  assertEquals(carried(meter), [4, 0]);
  await writeAll(client, latin1Bytes("more"));
  await turn();
  assertEquals([carried(meter), meter.touches], [[4, 0], 2]);
  assertEquals(await take(server, 8), "fourmore");
  await turn();
  assertEquals(carried(meter), [8, 0]);
  client.close();
  server.close();
  await relayed;
});
