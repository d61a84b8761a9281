import { assertEquals } from "@std/assert";
import {
  FRONT_BYTES,
  ReaderBuffers,
  roomFor,
  SMALL_BYTES,
} from "../../../src/net/stream/reader_buffers.ts";

Deno.test("ReaderBuffers gives what it was given, and makes what it has not", () => {
  const buffers = new ReaderBuffers();
  const first = buffers.take();
  assertEquals(first.length, FRONT_BYTES + SMALL_BYTES);
  buffers.give(first);
  assertEquals([buffers.take() === first, buffers.take() === first], [true, false]);
});

Deno.test("ReaderBuffers keeps as many as come and go at once, and no more", () => {
  const buffers = new ReaderBuffers();
  const given = new Set(Array.from({ length: 300 }, () => roomFor(SMALL_BYTES)));
  for (const each of given) buffers.give(each);
  const kept = Array.from({ length: 300 }, () => buffers.take()).filter((each) => given.has(each));
  assertEquals(kept.length, 256);
});
