import { assertEquals } from "@std/assert";
import {
  BATCH_CHARACTERS_MAX,
  BATCH_RECORDS_MAX,
  HELD_CHARACTERS_MAX,
  HELD_RECORDS_MAX,
  RecordQueue,
} from "../../../src/library/otlp/record_queue.ts";

/** A record that weighs so much. */
const heavy = (characters: number) => ({ text: "x".repeat(characters - 24) });

Deno.test("RecordQueue hands records out in their order, a batch at a time", () => {
  const queue = new RecordQueue<{ readonly at: number }>();
  for (let at = 0; at < BATCH_RECORDS_MAX + 1; at++) queue.put({ at });
  const first = queue.take();
  assertEquals([first.length, first[0]?.at, first.at(-1)?.at], [512, 0, 511]);
  assertEquals([queue.take(), queue.take(), queue.length], [[{ at: 512 }], [], 0]);
});

Deno.test("RecordQueue takes as many as it may hold, and again what was taken out", () => {
  const queue = new RecordQueue<{ readonly at: number }>();
  for (let at = 0; at < HELD_RECORDS_MAX; at++) assertEquals(queue.put({ at }), true);
  assertEquals(queue.put({ at: -1 }), false);
  queue.take();
  assertEquals(queue.put({ at: -1 }), true);
});

Deno.test("RecordQueue holds so many characters, whatever the number of records", () => {
  const queue = new RecordQueue();
  const half = HELD_CHARACTERS_MAX / 2;
  assertEquals([queue.put(heavy(half)), queue.put(heavy(half)), queue.put({})], [true, true, true]);
  assertEquals(queue.put(heavy(25)), false);
  queue.take();
  assertEquals(queue.put(heavy(half)), true);
});

Deno.test("RecordQueue keeps a batch small, but for one record that is larger", () => {
  const queue = new RecordQueue();
  const half = BATCH_CHARACTERS_MAX / 2;
  for (const size of [half, half, 24, BATCH_CHARACTERS_MAX + 1, 24]) queue.put(heavy(size));
  assertEquals([1, 2, 3, 4].map(() => queue.take().length), [2, 1, 1, 1]);
});

Deno.test("RecordQueue.hasBatch is so when a request is full, by number or by size", () => {
  const many = new RecordQueue();
  for (let at = 1; at < BATCH_RECORDS_MAX; at++) many.put({});
  assertEquals(many.hasBatch, false);
  many.put({});
  assertEquals(many.hasBatch, true);
  const large = new RecordQueue();
  large.put(heavy(BATCH_CHARACTERS_MAX - 1));
  assertEquals(large.hasBatch, false);
  large.put(heavy(25));
  assertEquals(large.hasBatch, true);
});
