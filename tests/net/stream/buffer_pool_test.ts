import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { BufferPool } from "../../../src/net/stream/buffer_pool.ts";

Deno.test("take() makes a buffer of 256 KiB", () => {
  assertEquals(new BufferPool().take().length, 256 * 1024);
});

Deno.test("take() hands out what was given back, and nothing that is out", () => {
  const pool = new BufferPool();
  const first = pool.take();
  const second = pool.take();
  assert(first !== second);
  pool.give(first);
  assertStrictEquals(pool.take(), first);
  assert(pool.take() !== second);
});

Deno.test("give() keeps 64 buffers and drops the 65th", () => {
  const pool = new BufferPool();
  const buffers = Array.from({ length: 65 }, () => pool.take());
  for (const buffer of buffers) pool.give(buffer);
  const again = new Set(Array.from({ length: 65 }, () => pool.take()));
  assertEquals(buffers.filter((buffer) => again.has(buffer)), buffers.slice(0, 64));
});

Deno.test("take() lends 256 big buffers at once, then modest ones until some come back", () => {
  const pool = new BufferPool();
  const big = Array.from({ length: 256 }, () => pool.take());
  assertEquals(new Set(big.map((buffer) => buffer.length)), new Set([256 * 1024]));
  const modest = pool.take();
  assertEquals(modest.length, 32 * 1024);
  pool.give(modest);
  assertEquals(pool.take().length, 32 * 1024);
  pool.give(big[0]!);
  assertEquals(pool.take().length, 256 * 1024);
});
