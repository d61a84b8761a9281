import { Duplex } from "node:stream";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { latin1, latin1Bytes } from "../../../src/net/stream/latin1.ts";
import { byteStream, nodeStream } from "../../../src/net/stream/node_stream.ts";
import { type ByteStream, writeAll } from "../../../src/net/stream/stream.ts";
import { inTime, rejection, turn, until } from "../../support/in_time.ts";
import { streamPair } from "../../support/memory_stream.ts";
import { ScriptedStream } from "../../support/scripted_stream.ts";
import { Wire } from "../../support/wire.ts";

const READY = () => Promise.resolve();

function asNode(stream: ByteStream, allowHalfOpen = true, room = READY): Duplex {
  return nodeStream(stream, { allowHalfOpen, room }, Duplex);
}

function closed(duplex: Duplex): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  duplex.once("close", () => resolve());
  return inTime(promise, "the stream to be closed");
}

Deno.test("nodeStream() passes bytes both ways, in their order, and both ends", async () => {
  const [ours, theirs] = streamPair();
  const duplex = asNode(ours);
  await using wire = new Wire(theirs);
  let text = "";
  duplex.setEncoding("latin1");
  duplex.on("data", (piece: string) => text += piece);
  const ended = new Promise((resolve) => duplex.once("end", resolve));
  await wire.send("one ");
  await wire.send("two");
  await wire.closeWrite();
  await ended;
  duplex.write("three ");
  duplex.end("four");
  assertEquals(await wire.readAll(), "three four");
  await closed(duplex);
  assertEquals(text, "one two");
});

Deno.test("nodeStream() writes all of what it is given, however little is taken at once", async () => {
  const [ours, theirs] = streamPair(3);
  const duplex = asNode(ours);
  await using wire = new Wire(theirs);
  duplex.write("abcdefgh");
  assertEquals(await wire.readExactly(8), "abcdefgh");
  duplex.destroy();
  await closed(duplex);
});

Deno.test("nodeStream() reads no more than there is room for", async () => {
  const stream = new ScriptedStream("a", "b");
  const room = Promise.withResolvers<void>();
  const duplex = asNode(stream, true, () => room.promise);
  duplex.resume();
  await turn();
  assertEquals(stream.rooms, []);
  room.resolve();
  await until(() => duplex.readableEnded, "all of it was read");
  assertEquals(stream.rooms.length, 3);
  duplex.destroy();
  await closed(duplex);
});

Deno.test("nodeStream() makes much room while reads fill it, and little again behind that", async () => {
  const [small, bulk] = [4096, 65_536];
  const stream = new ScriptedStream(
    "a",
    "b".repeat(small),
    "c".repeat(bulk),
    "d".repeat(small),
    "e",
  );
  const duplex = asNode(stream);
  duplex.resume();
  await until(() => duplex.readableEnded, "all of it was read");
  assertEquals(stream.rooms, [small, small, bulk, bulk, bulk, small]);
  duplex.destroy();
  await closed(duplex);
});

Deno.test("nodeStream() gives each piece bytes of its own", async () => {
  const pieces: Uint8Array[] = [];
  const duplex = asNode(new ScriptedStream("aaa", "bbb"));
  duplex.on("data", (piece: Uint8Array) => pieces.push(piece));
  await until(() => duplex.readableEnded, "all of it was read");
  assertEquals(pieces.map((piece) => latin1(piece)), ["aaa", "bbb"]);
  duplex.destroy();
  await closed(duplex);
});

Deno.test("nodeStream() is destroyed by what reading or writing fails of, and closes what it is made of", async () => {
  for (const side of ["read", "write"] as const) {
    const fault = new Deno.errors.ConnectionReset("gone");
    const stream = side === "read" ? new ScriptedStream(fault) : new ScriptedStream();
    stream.broken = fault;
    const duplex = asNode(stream);
    const error = new Promise((resolve) => duplex.once("error", resolve));
    if (side === "read") duplex.resume();
    else duplex.write("x");
    assertEquals(await error, fault, side);
    assertEquals(stream.closed, true);
  }
});

Deno.test("nodeStream() ends with the other side, unless it may be half open", async () => {
  for (const allowHalfOpen of [true, false]) {
    const stream = new ScriptedStream();
    const duplex = asNode(stream, allowHalfOpen);
    duplex.resume();
    await until(() => duplex.readableEnded, "the other side has ended");
    await turn();
    assertEquals([stream.closedWrite, stream.closed], [!allowHalfOpen, !allowHalfOpen]);
    duplex.destroy();
    await turn();
    assertEquals(stream.closed, true);
  }
});

/** A stream of Node's whose other side a test speaks. */
class NodePeer extends Duplex {
  readonly written: string[] = [];
  /** Whoever writes waits for it. */
  taken: Promise<void> = Promise.resolve();
  reads = 0;

  constructor() {
    super({ allowHalfOpen: true });
  }

  override _read(): void {
    this.reads += 1;
  }

  override _write(bytes: Uint8Array, _: string, done: (error?: Error) => void): void {
    this.written.push(latin1(bytes));
    this.taken.then(() => done(), done);
  }
}

async function readSome(stream: ByteStream, room = 100): Promise<string | null> {
  const into = new Uint8Array(room);
  const count = await inTime(stream.read(into), "something to read");
  return count === null ? null : latin1(into.subarray(0, count));
}

Deno.test("byteStream() reads what has come, in as little room as it is given, and then the end", async () => {
  const peer = new NodePeer();
  const stream = byteStream(peer);
  peer.push("abc");
  assertEquals(await readSome(stream, 2), "ab");
  assertEquals(await readSome(stream, 2), "c");
  const reading = readSome(stream);
  await turn();
  peer.push("d");
  assertEquals(await reading, "d");
  peer.push(null);
  assertEquals(await readSome(stream), null);
  assertEquals(await readSome(stream), null);
  stream.close();
});

Deno.test("byteStream() takes nothing before it is read, and tells whenever it does", async () => {
  const peer = new NodePeer();
  let told = 0;
  const stream = byteStream(peer, () => told += 1);
  await turn();
  assertEquals([peer.reads, told], [0, 0]);
  peer.push("abc");
  await readSome(stream, 1);
  await readSome(stream, 2);
  assertEquals(told, 1);
  stream.close();
});

Deno.test("byteStream() writes, and is done when the other side has taken it", async () => {
  const peer = new NodePeer();
  const taken = Promise.withResolvers<void>();
  peer.taken = taken.promise;
  const stream = byteStream(peer);
  let isDone = false;
  const writing = stream.write(latin1Bytes("abc")).then((count) => {
    isDone = true;
    return count;
  });
  await turn();
  assertEquals([peer.written, isDone], [["abc"], false]);
  taken.resolve();
  assertEquals(await writing, 3);
  stream.close();
});

Deno.test("byteStream() can be read on behind the end of its own", async () => {
  const peer = new NodePeer();
  const stream = byteStream(peer);
  await stream.closeWrite();
  peer.push("last words");
  assertEquals(await readSome(stream), "last words");
  stream.close();
});

Deno.test("byteStream() gives out what came before a failure, and then the failure", async () => {
  const peer = new NodePeer();
  const stream = byteStream(peer);
  const fault = new Error("torn");
  peer.push("ab");
  assertEquals(await readSome(stream, 1), "a");
  peer.destroy(fault);
  await closed(peer);
  assertEquals(await readSome(stream), "b");
  assertEquals(await assertRejects(() => readSome(stream)), fault);
});

Deno.test("byteStream() rejects a read and a write under way when it is closed", async () => {
  const peer = new NodePeer();
  peer.taken = new Promise(() => {});
  const stream = byteStream(peer);
  const reading = rejection(stream.read(new Uint8Array(1)), "the read");
  const writing = rejection(stream.write(latin1Bytes("x")), "the write");
  await turn();
  stream.close();
  stream.close();
  assert(await reading instanceof Deno.errors.BadResource);
  await writing;
  await stream.closeWrite();
  await assertRejects(() => stream.write(latin1Bytes("y")));
});

Deno.test("byteStream() rejects a write to what is closed with what closed it", async () => {
  const native = new Duplex({ read() {}, write() {} });
  const stream = byteStream(native);
  const why = new Error("the peer has left");
  native.destroy(why);
  await closed(native);
  assertEquals(await rejection(stream.write(latin1Bytes("late")), "the write"), why);
});

Deno.test("nodeStream() and byteStream() undo each other", async () => {
  const [ours, theirs] = streamPair();
  const stream = byteStream(asNode(ours));
  await using wire = new Wire(theirs);
  const much = "0123456789".repeat(20_000);
  const sending = writeAll(stream, latin1Bytes(much));
  assertEquals(await wire.readExactly(much.length), much);
  await sending;
  await wire.send("back");
  assertEquals(await readSome(stream), "back");
  await stream.closeWrite();
  await wire.closeWrite();
  assertEquals(await wire.readAll(), "");
  assertEquals(await readSome(stream), null);
  stream.close();
});
