import { assert, assertEquals } from "@std/assert";
import type { ModeEvent } from "../../src/audit/event.ts";
import { type Batch, EventFeed, type EventReader } from "../../src/audit/event_feed.ts";
import { turn } from "../support/in_time.ts";

/** An event that is told from others by its generation. */
function eventOf(generation: number): ModeEvent {
  return { type: "mode", generation, mode: "full" };
}

function publish(feed: EventFeed, count: number): void {
  for (let index = 0; index < count; index++) feed.publish(eventOf(feed.seq + 1));
}

function feedOf(capacity: number, readersMax = 4): EventFeed {
  return new EventFeed(() => 1_735_689_600_250, capacity, readersMax);
}

function readerOf(feed: EventFeed, seq?: number): EventReader {
  const reader = feed.read(seq);
  assert(reader !== null, "there is room for a reader");
  return reader;
}

function numbers(batch: Batch | null): readonly number[] {
  return batch?.events.map(({ seq }) => seq) ?? [];
}

Deno.test("next() brings events in order, each with its number and its time", async () => {
  const feed = feedOf(10);
  const reader = readerOf(feed);
  publish(feed, 2);
  assertEquals(await reader.next(), {
    events: [
      { seq: 1, at: 1_735_689_600.25, event: eventOf(1) },
      { seq: 2, at: 1_735_689_600.25, event: eventOf(2) },
    ],
    dropped: 0,
  });
  publish(feed, 1);
  assertEquals(numbers(await reader.next()), [3]);
});

Deno.test("next() waits for what comes", async () => {
  const feed = feedOf(10);
  const reader = readerOf(feed);
  const coming = reader.next();
  await turn();
  publish(feed, 1);
  assertEquals(numbers(await coming), [1]);
});

Deno.test("read() begins with what comes, or with what is kept after a number", async () => {
  const feed = feedOf(10);
  publish(feed, 4);
  assertEquals(numbers(await readerOf(feed, 2).next()), [3, 4]);
  assertEquals(numbers(await readerOf(feed, 0).next()), [1, 2, 3, 4]);
  const fresh = readerOf(feed);
  publish(feed, 1);
  assertEquals(numbers(await fresh.next()), [5]);
});

Deno.test("read() takes a number from the future for the newest", async () => {
  const feed = feedOf(10);
  publish(feed, 2);
  const reader = readerOf(feed, 1_000_000);
  publish(feed, 1);
  assertEquals(numbers(await reader.next()), [3]);
});

Deno.test("a slow reader misses the oldest, and is told how many", async () => {
  const feed = feedOf(3);
  const slow = readerOf(feed);
  const quick = readerOf(feed);
  publish(feed, 2);
  assertEquals(numbers(await quick.next()), [1, 2]);
  publish(feed, 3);
  const batch = await slow.next();
  assertEquals([numbers(batch), batch?.dropped], [[3, 4, 5], 2]);
  assertEquals([numbers(await quick.next()), feed.dropped], [[3, 4, 5], 2]);
});

Deno.test("a reader is told once of what it has missed", async () => {
  const feed = feedOf(1);
  const reader = readerOf(feed);
  publish(feed, 5);
  assertEquals((await reader.next())?.dropped, 4);
  publish(feed, 1);
  assertEquals((await reader.next())?.dropped, 0);
});

Deno.test("the feed keeps no more than its capacity, however much is published", async () => {
  const feed = feedOf(300);
  const reader = readerOf(feed, 0);
  publish(feed, 100_000);
  assertEquals(feed.seq, 100_000);
  const seen: number[] = [];
  for (let batches = 0; seen.length < 300; batches++) {
    assert(batches < 2, "three hundred events come in two batches");
    seen.push(...numbers(await reader.next()));
  }
  assertEquals(seen, Array.from({ length: 300 }, (_, index) => 99_701 + index));
});

Deno.test("next() brings 256 events in one go, at most", async () => {
  const feed = feedOf(1000);
  const reader = readerOf(feed);
  publish(feed, 257);
  assertEquals((await reader.next())?.events.length, 256);
  assertEquals(numbers(await reader.next()), [257]);
});

Deno.test("read() gives no place to one reader too many, until another leaves", () => {
  const feed = feedOf(10, 2);
  const first = readerOf(feed);
  readerOf(feed);
  assertEquals([feed.read(), feed.readers], [null, 2]);
  first.close();
  first.close();
  assertEquals(feed.readers, 1);
  readerOf(feed);
});

Deno.test("close() ends every reader, also one that waits", async () => {
  const feed = feedOf(10);
  const waiting = readerOf(feed);
  const behind = readerOf(feed);
  const coming = waiting.next();
  await turn();
  feed.close();
  assertEquals([await coming, await behind.next(), feed.readers], [null, null, 0]);
});

Deno.test("close() of one reader leaves the others", async () => {
  const feed = feedOf(10);
  const leaving = readerOf(feed);
  const staying = readerOf(feed);
  leaving.close();
  publish(feed, 1);
  assertEquals(await leaving.next(), null);
  assertEquals(numbers(await staying.next()), [1]);
});
