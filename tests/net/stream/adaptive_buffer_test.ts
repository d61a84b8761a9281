import { assertEquals, assertNotEquals, assertStrictEquals } from "@std/assert";
import { AdaptiveBuffer } from "../../../src/net/stream/adaptive_buffer.ts";
import { BufferPool } from "../../../src/net/stream/buffer_pool.ts";
import { CountingPool } from "../../support/counting_pool.ts";

const BIG = 256 * 1024;
/** The last size of a read that counts as bulk. */
const BULK = 16 * 1024;

/** One that has grown. */
function grown(pool: BufferPool): AdaptiveBuffer {
  const buffer = new AdaptiveBuffer(pool, 1024);
  buffer.filled(1024, 1024);
  return buffer;
}

Deno.test("bytes is small, and nothing is borrowed, until a read fills it", () => {
  const pool = new CountingPool();
  using buffer = new AdaptiveBuffer(pool, 1024);
  buffer.filled(1, 1024);
  buffer.filled(1023, 1024);
  assertEquals([buffer.bytes.length, pool.borrowed], [1024, 0]);
  buffer.filled(1024, 1024);
  assertEquals([buffer.bytes.length, pool.borrowed], [BIG, 1]);
});

Deno.test("filled() counts against the space that was offered, not the whole buffer", () => {
  using buffer = new AdaptiveBuffer(new BufferPool(), 1024);
  buffer.filled(1000, 1000);
  assertEquals(buffer.bytes.length, BIG);
});

Deno.test("filled() returns the big buffer after eight small reads in a row", () => {
  const pool = new CountingPool();
  using buffer = grown(pool);
  for (let read = 0; read < 7; read++) buffer.filled(BULK - 1, BIG);
  assertEquals([buffer.bytes.length, pool.borrowed], [BIG, 1]);
  buffer.filled(BULK - 1, BIG);
  assertEquals([buffer.bytes.length, pool.borrowed], [1024, 0]);
});

Deno.test("filled() starts to count anew after a big read", () => {
  using buffer = grown(new BufferPool());
  for (let read = 0; read < 7; read++) buffer.filled(1, BIG);
  buffer.filled(BULK, BIG);
  for (let read = 0; read < 7; read++) buffer.filled(1, BIG);
  assertEquals(buffer.bytes.length, BIG);
});

Deno.test("filled() starts to count anew when the buffer has shrunk and grown again", () => {
  using buffer = grown(new BufferPool());
  for (let read = 0; read < 8; read++) buffer.filled(1, BIG);
  buffer.filled(1024, 1024);
  for (let read = 0; read < 7; read++) buffer.filled(1, BIG);
  assertEquals(buffer.bytes.length, BIG);
});

Deno.test("filled() keeps the small buffer when a read only touches it", () => {
  using buffer = new AdaptiveBuffer(new BufferPool(), 1024);
  const { bytes } = buffer;
  buffer.filled(1023, 1024);
  assertStrictEquals(buffer.bytes, bytes);
});

Deno.test("[Symbol.dispose]() gives back what was borrowed, once", () => {
  const pool = new CountingPool();
  const buffer = grown(pool);
  buffer[Symbol.dispose]();
  buffer[Symbol.dispose]();
  assertEquals(pool.borrowed, 0);
});

Deno.test("two buffers never share a borrowed one", () => {
  const pool = new BufferPool();
  using first = grown(pool);
  using second = grown(pool);
  assertNotEquals(first.bytes.buffer === second.bytes.buffer, true);
});
