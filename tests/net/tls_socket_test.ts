import { Duplex } from "node:stream";
import * as tls from "node:tls";
import { assert, assertEquals } from "@std/assert";
import type { SecureStream, TlsProtocol } from "../../src/net/ports.ts";
import { type ByteStream, writeAll } from "../../src/net/stream/stream.ts";
import { tlsServing } from "../../src/net/tls_server.ts";
import { beginTls } from "../../src/net/tls_socket.ts";
import { inTime, rejection, turn, until } from "../support/in_time.ts";
import { authorityFor } from "../support/inside.ts";
import { streamPair } from "../support/memory_stream.ts";
import { Wire } from "../support/wire.ts";

const AUTHORITY = await authorityFor("DNS:a.test");
const NEVER = new AbortController().signal;

/** Begins as a client on `ours`, against a server on the other end. */
async function begin(
  protocol: TlsProtocol,
  wrap: (ours: ByteStream) => ByteStream = (ours) => ours,
): Promise<{ readonly inside: SecureStream; readonly server: SecureStream }> {
  const [ours, theirs] = streamPair();
  const identity = { chain: AUTHORITY.cert, key: AUTHORITY.key };
  const serving = tlsServing()(theirs, identity, [protocol], NEVER);
  const { outside, finish } = beginTls(wrap(ours), true, Duplex);
  const { socket, secured } = client(outside, protocol);
  const inside = await inTime(finish(socket, secured, NEVER), "the handshake");
  return { inside, server: await serving };
}

function client(socket: Duplex, protocol: string) {
  const made = tls.connect({
    socket,
    servername: "a.test",
    ALPNProtocols: [protocol],
    ca: [AUTHORITY.ca],
  });
  return { socket: made, secured: new Promise((resolve) => made.once("secureConnect", resolve)) };
}

/** A stream that counts what is read of it. */
function counting(
  stream: ByteStream,
): { readonly stream: ByteStream; readonly count: () => number } {
  let total = 0;
  return {
    stream: {
      ...stream,
      read: async (into) => {
        const count = await stream.read(into);
        total += count ?? 0;
        return count;
      },
    },
    count: () => total,
  };
}

/** More than a socket of Node's holds by itself. */
const FLOOD_BYTES = 4 * 1024 * 1024;
const HELD_BYTES_MAX = 512 * 1024;

Deno.test("beginTls() reads what TLS runs on only as far as its inside has been read", async () => {
  let taken = () => 0;
  const { inside, server } = await begin("http/1.1", (ours) => {
    const { stream, count } = counting(ours);
    taken = count;
    return stream;
  });
  const flood = writeAll(server, new Uint8Array(FLOOD_BYTES));
  await inside.read(new Uint8Array(1));
  await flood;
  for (let turns = 0; turns < 20; turns++) await turn();
  assert(taken() <= HELD_BYTES_MAX, `${taken()} bytes`);
  let total = 1;
  const buffer = new Uint8Array(64 * 1024);
  while (total < FLOOD_BYTES) total += await inTime(inside.read(buffer), "the rest") ?? 0;
  assertEquals(total, FLOOD_BYTES);
  inside.close();
  server.close();
});

Deno.test("finish() lets either side of HTTP/1.1 end before the other", async () => {
  const { inside, server } = await begin("http/1.1");
  await using here = new Wire(inside);
  await using there = new Wire(server);
  await there.closeWrite();
  assertEquals(await here.readAll(), "");
  await here.send("still here");
  assertEquals(await there.readExactly(10), "still here");
});

// Nothing else tells a session of HTTP/2 that its peer has gone.
Deno.test("finish() has a connection of HTTP/2 over when the other side ends", async () => {
  const { inside, server } = await begin("h2");
  inside.native.resume();
  const closed = new Promise<void>((resolve) => inside.native.once("close", () => resolve()));
  server.close();
  await inTime(closed, "the connection to be closed");
});

Deno.test("finish() rejects with what the handshake failed of, and closes", async () => {
  const [ours, theirs] = streamPair();
  const { outside, finish } = beginTls(ours, true, Duplex);
  const { socket, secured } = client(outside, "h2");
  const failing = rejection(finish(socket, secured, NEVER), "the handshake");
  await using wire = new Wire(theirs);
  await wire.readExactly(1);
  await wire.send("this is no TLS at all");
  assert(await failing instanceof Error);
  await wire.readAll();
});

Deno.test("finish() rejects where the other side leaves amid the handshake", async () => {
  const [ours, theirs] = streamPair();
  const { outside, finish } = beginTls(ours, true, Duplex);
  const { socket, secured } = client(outside, "h2");
  const failing = rejection(finish(socket, secured, NEVER), "the handshake");
  socket.destroy();
  assertEquals(String(await failing), "Error: The connection was closed");
  await using wire = new Wire(theirs);
  await wire.readAll();
});

Deno.test("finish() heeds its signal, before it and amid it", async () => {
  for (const isEarly of [true, false]) {
    const [ours, theirs] = streamPair();
    const { outside, finish } = beginTls(ours, true, Duplex);
    const { socket, secured } = client(outside, "h2");
    const stop = new AbortController();
    const reason = new Error("late");
    if (isEarly) stop.abort(reason);
    const failing = rejection(finish(socket, secured, stop.signal), "the handshake");
    await turn();
    stop.abort(reason);
    assertEquals(await failing, reason);
    await using wire = new Wire(theirs);
    await wire.readAll();
  }
});

Deno.test("an error behind the handshake is told to whoever reads, and ends no process", async () => {
  const { inside, server } = await begin("http/1.1");
  const reading = rejection(inside.read(new Uint8Array(1)), "the read");
  inside.native.destroy(new Error("torn"));
  assertEquals((await reading as Error).message, "torn");
  await until(() => inside.native.destroyed, "it is gone");
  await turn();
  server.close();
});

Deno.test("close() closes what TLS runs on, at once and once", async () => {
  let closes = 0;
  const { inside, server } = await begin("h2", (ours) => ({
    ...ours,
    close: () => {
      closes += 1;
      ours.close();
    },
  }));
  inside.close();
  assertEquals(closes, 1);
  inside.close();
  await turn();
  assertEquals(closes, 1);
  server.close();
});
