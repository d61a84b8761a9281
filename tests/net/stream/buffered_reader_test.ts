import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BufferedReader } from "../../../src/net/stream/buffered_reader.ts";
import { ReaderBuffers } from "../../../src/net/stream/reader_buffers.ts";
import { latin1, latin1Bytes } from "../../../src/net/stream/latin1.ts";
import type { ByteStream } from "../../../src/net/stream/stream.ts";
import { streamPair } from "../../support/memory_stream.ts";
import { ScriptedStream } from "../../support/scripted_stream.ts";

function readerOf(...pieces: string[]): { reader: BufferedReader; stream: ScriptedStream } {
  const stream = new ScriptedStream(...pieces);
  return { reader: new BufferedReader(stream), stream };
}

/** What is left, read with room for `room` bytes at a time. */
async function rest(reader: BufferedReader, room = 1000): Promise<string> {
  const into = new Uint8Array(room);
  let text = "";
  for (let count = await reader.read(into); count !== null; count = await reader.read(into)) {
    text += latin1(into.subarray(0, count));
  }
  return text;
}

Deno.test("buffered is empty before the first fill()", () => {
  assertEquals(readerOf("abc").reader.buffered.length, 0);
});

Deno.test("fill() adds what the stream brings, and resolves to false at its end", async () => {
  const { reader } = readerOf("abc", "def");
  assertEquals(await reader.fill(), true);
  assertEquals(latin1(reader.buffered), "abc");
  assertEquals(await reader.fill(), true);
  assertEquals(latin1(reader.buffered), "abcdef");
  assertEquals(await reader.fill(), false);
  assertEquals(await reader.fill(), false);
  assertEquals(latin1(reader.buffered), "abcdef");
});

Deno.test("fill() rejects as the stream does, and keeps what is buffered", async () => {
  const stream = new ScriptedStream("abc", new Deno.errors.ConnectionReset());
  const reader = new BufferedReader(stream);
  await reader.fill();
  await assertRejects(() => reader.fill(), Deno.errors.ConnectionReset);
  assertEquals(latin1(reader.buffered), "abc");
});

Deno.test("fill() doubles the buffer when it is full of bytes not taken", async () => {
  const { reader, stream } = readerOf("a".repeat(10_000));
  for (let fills = 0; fills < 4; fills++) await reader.fill();
  assertEquals(stream.rooms, [2048, 2048, 4096, 8192]);
  assertEquals(latin1(reader.buffered), "a".repeat(10_000));
});

Deno.test("fill() moves what is left to the front instead when half of it was taken", async () => {
  const text = Array.from({ length: 512 }, (_, index) => String(index).padStart(4, "0")).join("");
  const { reader, stream } = readerOf(text, "more");
  await reader.fill();
  reader.consume(1024);
  await reader.fill();
  assertEquals(stream.rooms, [2048, 1024]);
  assertEquals(latin1(reader.buffered), `${text.slice(1024)}more`);
});

Deno.test("fill() doubles the buffer when less than half was taken", async () => {
  const { reader, stream } = readerOf("a".repeat(2048), "more");
  await reader.fill();
  reader.consume(1023);
  await reader.fill();
  assertEquals(stream.rooms, [2048, 4096 - 1025]);
  assertEquals(latin1(reader.buffered), `${"a".repeat(1025)}more`);
});

Deno.test("consume() takes bytes off the front", async () => {
  const { reader } = readerOf("abcdef");
  await reader.fill();
  reader.consume(0);
  assertEquals(latin1(reader.buffered), "abcdef");
  reader.consume(4);
  assertEquals(latin1(reader.buffered), "ef");
  reader.consume(2);
  assertEquals(latin1(reader.buffered), "");
});

Deno.test("consume() lets go of a buffer that has grown, once all is taken", async () => {
  const { reader, stream } = readerOf("a".repeat(3000), "b");
  await reader.fill();
  await reader.fill();
  reader.consume(3000);
  await reader.fill();
  assertEquals(stream.rooms, [2048, 2048, 2048]);
  assertEquals(latin1(reader.buffered), "b");
});

Deno.test("read() takes what is buffered first, as much as fits, without asking the stream", async () => {
  const { reader, stream } = readerOf("abcdef", "ghi");
  await reader.fill();
  const into = new Uint8Array(4);
  assertEquals([await reader.read(into), latin1(into)], [4, "abcd"]);
  assertEquals([await reader.read(into), latin1(into.subarray(0, 2))], [2, "ef"]);
  assertEquals(stream.rooms.length, 1);
});

Deno.test("read() reads straight into the caller's buffer when nothing is buffered", async () => {
  const { reader, stream } = readerOf("abc");
  const into = new Uint8Array(500);
  assertEquals([await reader.read(into), latin1(into.subarray(0, 3))], [3, "abc"]);
  assertEquals(await reader.read(into), null);
  assertEquals(stream.rooms, [500, 500]);
});

Deno.test("unread() puts bytes before what is buffered", async () => {
  const { reader } = readerOf("abcdef", "ghi");
  await reader.fill();
  reader.consume(3);
  reader.unread(latin1Bytes("123"));
  assertEquals(latin1(reader.buffered), "123def");
  assertEquals(await rest(reader, 2), "123defghi");
});

Deno.test("unread() puts bytes back when nothing is buffered, however many", async () => {
  const { reader } = readerOf("end");
  const long = "0123456789".repeat(1000);
  reader.unread(latin1Bytes(long));
  assertEquals(await rest(reader), `${long}end`);
});

Deno.test("unread() copies: the caller's buffer is free again", () => {
  const { reader } = readerOf();
  const bytes = latin1Bytes("abc");
  reader.unread(bytes);
  bytes.fill(0);
  assertEquals(latin1(reader.buffered), "abc");
});

Deno.test("unread() leaves room to fill() behind", async () => {
  const { reader } = readerOf("def");
  reader.unread(latin1Bytes("abc"));
  await reader.fill();
  assertEquals(latin1(reader.buffered), "abcdef");
});

Deno.test("buffered is a view, not a copy", async () => {
  const { reader } = readerOf("abc");
  await reader.fill();
  const view = reader.buffered;
  view[0] = 0x41;
  assertEquals(latin1(reader.buffered), "Abc");
});

/** A reader of a stream in memory, and the other end of that. */
function readerOfPair(): { reader: BufferedReader; peer: ByteStream } {
  const [ours, peer] = streamPair();
  return { reader: new BufferedReader(ours), peer };
}

Deno.test("read() while a fill() is under way gets the bytes of that", async () => {
  const { reader, peer } = readerOfPair();
  const filling = reader.fill();
  const into = new Uint8Array(8);
  const reading = reader.read(into);
  await peer.write(latin1Bytes("early"));
  assertEquals([await filling, await reading], [true, 5]);
  assertEquals(latin1(into.subarray(0, 5)), "early");
  await peer.write(latin1Bytes("late"));
  assertEquals(await reader.read(into), 4);
});

Deno.test("read() while a fill() is under way ends with it", async () => {
  const { reader, peer } = readerOfPair();
  const filling = reader.fill();
  const reading = reader.read(new Uint8Array(8));
  await peer.closeWrite();
  assertEquals([await filling, await reading], [false, null]);
  const { reader: over, stream } = readerOf();
  await Promise.all([over.fill(), over.read(new Uint8Array(8))]);
  assertEquals(stream.rooms.length, 1);
  const broken = new BufferedReader(new ScriptedStream(new Deno.errors.ConnectionReset()));
  const failing = broken.fill();
  await assertRejects(() => broken.read(new Uint8Array(8)), Deno.errors.ConnectionReset);
  await assertRejects(() => failing, Deno.errors.ConnectionReset);
});

Deno.test("read() leaves what does not fit of a fill() for the next", async () => {
  const { reader, peer } = readerOfPair();
  const filling = reader.fill();
  const reading = reader.read(new Uint8Array(2));
  await peer.write(latin1Bytes("early"));
  assertEquals([await filling, await reading, latin1(reader.buffered)], [true, 2, "rly"]);
});

Deno.test("fill() while another is under way waits for the same bytes, and reads once", async () => {
  const { reader, stream } = readerOf("one", "two");
  const both = [reader.fill(), reader.fill()];
  assertEquals(await Promise.all(both), [true, true]);
  assertEquals([latin1(reader.buffered), stream.rooms.length], ["one", 1]);
  await reader.fill();
  assertEquals(latin1(reader.buffered), "onetwo");
});

Deno.test("read() takes what is there while more is awaited, and unread() puts it back", async () => {
  const [ours, theirs] = streamPair();
  const reader = new BufferedReader(ours);
  await theirs.write(latin1Bytes("hello"));
  await reader.fill();
  const more = reader.fill();
  const into = new Uint8Array(8);
  assertEquals(await reader.read(into), 5);
  reader.unread(latin1Bytes("lo"));
  assertEquals(latin1(reader.buffered), "lo");
  reader.consume(2);
  await theirs.write(latin1Bytes(" world"));
  assertEquals(await more, true);
  assertEquals(latin1(reader.buffered), " world");
  assertEquals(await reader.read(into), 6);
  // The buffer starts anew: what comes next is not written behind what was taken.
  await theirs.write(latin1Bytes("!"));
  assertEquals(await reader.read(into), 1);
  assertEquals(latin1(into.subarray(0, 1)), "!");
});

Deno.test("cut() takes bytes out of what is buffered, from wherever", async () => {
  const { reader } = readerOf("abcdefgh");
  await reader.fill();
  reader.cut(5, 7);
  assertEquals(latin1(reader.buffered), "abcdeh");
  reader.cut(0, 1);
  assertEquals(latin1(reader.buffered), "bcdeh");
  reader.cut(2, 2);
  assertEquals([latin1(reader.buffered), reader.length], ["bcdeh", 5]);
});

Deno.test("insert() puts text in front of a byte, as long as there is room", async () => {
  const { reader } = readerOf("abcd", "ef");
  await reader.fill();
  assertEquals(reader.insert(2, "12\xff"), true);
  assertEquals(latin1(reader.buffered), "ab12\xffcd");
  assertEquals(reader.insert(0, "x".repeat(61)), true);
  assertEquals(reader.insert(0, "x"), false);
  assertEquals(latin1(reader.buffered), `${"x".repeat(61)}ab12\xffcd`);
  reader.consume(61);
  await reader.fill();
  assertEquals(latin1(reader.buffered), "ab12\xffcdef");
});

Deno.test("what was cut and inserted moves no byte of a read under way", async () => {
  const [near, far] = streamPair();
  const reader = new BufferedReader(near);
  await far.write(latin1Bytes("abcd"));
  await reader.fill();
  const filling = reader.fill();
  reader.cut(1, 3);
  reader.insert(1, "12345");
  await far.write(latin1Bytes("ef"));
  await filling;
  assertEquals(latin1(reader.buffered), "a12345def");
});

Deno.test("release() gives the buffer to the next reader, which sees none of what was in it", async () => {
  const buffers = new ReaderBuffers();
  const first = new BufferedReader(new ScriptedStream("secret"), buffers);
  await first.fill();
  const { buffer } = first.buffered;
  first.consume(6);
  first.release();
  first.release();
  const [near, far] = streamPair();
  const second = new BufferedReader(near, buffers);
  const third = new BufferedReader(new ScriptedStream("third"), buffers);
  await far.write(latin1Bytes("ab"));
  await second.fill();
  await third.fill();
  assertEquals([second.buffered.buffer === buffer, third.buffered.buffer === buffer], [
    true,
    false,
  ]);
  assertEquals([latin1(second.buffered), latin1(third.buffered)], ["ab", "third"]);
});

Deno.test("release() waits for the read under way, whose bytes nobody gets", async () => {
  const buffers = new ReaderBuffers();
  const [near, far] = streamPair();
  const first = new BufferedReader(near, buffers);
  const filling = first.fill();
  first.release();
  const second = new BufferedReader(new ScriptedStream("ab"), buffers);
  await far.write(latin1Bytes("late"));
  assertEquals(await filling, false);
  await second.fill();
  const third = new BufferedReader(new ScriptedStream("c"), buffers);
  await third.fill();
  assertEquals([latin1(second.buffered), latin1(third.buffered)], ["ab", "c"]);
  assertEquals([first.length, second.buffered.buffer === third.buffered.buffer], [0, false]);
});

Deno.test("release() keeps no buffer that has grown, and ends fill() but not read()", async () => {
  const buffers = new ReaderBuffers();
  const reader = new BufferedReader(new ScriptedStream("a".repeat(3000), "more"), buffers);
  await reader.fill();
  await reader.fill();
  reader.consume(2999);
  reader.consume(1);
  assertEquals(reader.isIdle, true);
  reader.release();
  assertThrows(() => reader.fill(), TypeError);
  assertEquals(await rest(reader), "more");
});
