import { assertEquals } from "@std/assert";
import type { Sent } from "../../../src/library/otlp/attempt.ts";
import { RecordExporter } from "../../../src/library/otlp/record_exporter.ts";
import { BATCH_RECORDS_MAX, HELD_RECORDS_MAX } from "../../../src/library/otlp/record_queue.ts";
import { RETRIES_MAX } from "../../../src/library/otlp/retry_delay.ts";
import { Trouble } from "../../../src/library/otlp/trouble.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { inTime, turn } from "../../support/in_time.ts";

interface Item {
  readonly at: number;
}

const TAKEN: Sent = { kind: "taken", rejected: 0 };
const AGAIN: Sent = { kind: "again", why: "it is busy", afterMs: null };
const REFUSED: Sent = { kind: "refused", why: "it answered 400" };

/** An exporter whose collector does what the test says; the last of `outcomes` for ever. */
function makeScene(...outcomes: readonly (Sent | Promise<Sent>)[]) {
  const clock = new FakeClock();
  const told: string[] = [];
  const batches: number[][] = [];
  let made = 0;
  const trouble = new Trouble({
    what: "export",
    diagnose: (line) => told.push(line),
    monotonic: () => clock.monotonic(),
  });
  const exporter = new RecordExporter<Item>({
    ready: (batch) => {
      made += 1;
      return Promise.resolve(async () => {
        batches.push(batch.map(({ at }) => at));
        return await outcomes[Math.min(batches.length, outcomes.length) - 1]!;
      });
    },
    clock,
    trouble,
    random: () => 0.5,
  });
  const put = (count: number, from = 0) => {
    for (let at = 0; at < count; at++) exporter.put({ at: from + at });
  };
  const advance = async (ms: number) => {
    clock.advance(ms);
    await turn();
  };
  return {
    ...{ clock, told, batches, trouble, exporter, put, advance },
    get made(): number {
      return made;
    },
  };
}

Deno.test("RecordExporter gathers for a second, and sends in order", async () => {
  const { put, advance, batches, clock, exporter } = makeScene(TAKEN);
  put(2);
  await advance(999);
  assertEquals(batches, []);
  put(1, 2);
  await advance(1);
  assertEquals(batches, [[0, 1, 2]]);
  // Nothing runs while nothing is held.
  assertEquals(clock.sleeping, 0);
  put(1, 3);
  await advance(1000);
  assertEquals(batches, [[0, 1, 2], [3]]);
  await exporter.close();
});

Deno.test("RecordExporter sends a full batch at once", async () => {
  const { put, batches, advance, exporter } = makeScene(TAKEN);
  put(BATCH_RECORDS_MAX + 1);
  await turn();
  assertEquals(batches.map(({ length }) => length), [BATCH_RECORDS_MAX]);
  await advance(1000);
  assertEquals(batches.map(({ length }) => length), [BATCH_RECORDS_MAX, 1]);
  await exporter.close();
});

Deno.test("RecordExporter has one request under way at a time", async () => {
  const slow = Promise.withResolvers<Sent>();
  const { put, batches, exporter } = makeScene(slow.promise, TAKEN);
  put(BATCH_RECORDS_MAX * 3);
  await turn();
  assertEquals(batches.length, 1);
  slow.resolve(TAKEN);
  await turn();
  assertEquals(batches.length, 3);
  await exporter.close();
});

Deno.test("RecordExporter sends a batch again, as it was, after a time that doubles", async () => {
  const scene = makeScene(AGAIN, AGAIN, TAKEN);
  const { put, advance, batches, told, trouble, exporter } = scene;
  put(1);
  await advance(1000);
  assertEquals([batches.length, told], [1, ["Cannot export: it is busy"]]);
  put(BATCH_RECORDS_MAX, 1);
  await advance(999);
  assertEquals(batches.length, 1);
  await advance(1);
  assertEquals(batches.length, 2);
  await advance(1999);
  assertEquals(batches.length, 2);
  await advance(1);
  assertEquals(batches.slice(0, 3), [[0], [0], [0]]);
  assertEquals([batches.length, scene.made], [4, 2]);
  assertEquals([told.slice(1), trouble.lost], [["Can export again"], 0]);
  await exporter.close();
});

Deno.test("RecordExporter waits as long as the collector asks for", async () => {
  const { put, advance, batches, exporter } = makeScene({ ...AGAIN, afterMs: 30_000 }, TAKEN);
  put(1);
  await advance(1000);
  await advance(29_999);
  assertEquals(batches.length, 1);
  await advance(1);
  assertEquals(batches.length, 2);
  await exporter.close();
});

Deno.test("RecordExporter gives a batch up in the end, and goes on with the next", async () => {
  const outcomes = [...Array(RETRIES_MAX + 1).fill(AGAIN), TAKEN];
  const { put, advance, batches, told, trouble, exporter } = makeScene(...outcomes);
  put(3);
  for (let retry = 0; retry <= RETRIES_MAX; retry++) await advance(60_000);
  assertEquals([batches.length, trouble.lost], [RETRIES_MAX + 1, 3]);
  put(1);
  await advance(1000);
  assertEquals([batches.length, trouble.lost], [RETRIES_MAX + 2, 3]);
  assertEquals(told.slice(1), ["Can export again: 3 records were lost"]);
  await exporter.close();
});

Deno.test("RecordExporter drops what is refused, and counts what is not taken", async () => {
  const { put, advance, batches, told, trouble, exporter } = makeScene(
    REFUSED,
    { kind: "taken", rejected: 2 },
    { kind: "taken", rejected: 1e20 },
  );
  for (let batch = 0; batch < 3; batch++) {
    put(3);
    await advance(1000);
  }
  assertEquals([batches.length, trouble.lost], [3, 3 + 2 + 3]);
  assertEquals(told, ["Cannot export: it answered 400"]);
  await exporter.close();
});

Deno.test("RecordExporter loses the newest when it holds too many, and no more", async () => {
  const hanging = Promise.withResolvers<Sent>();
  const { put, batches, told, trouble, exporter, advance } = makeScene(hanging.promise, TAKEN);
  put(BATCH_RECORDS_MAX);
  await turn();
  put(HELD_RECORDS_MAX + 7, BATCH_RECORDS_MAX);
  assertEquals([trouble.lost, told], [7, ["Cannot export: more records come than it takes"]]);
  hanging.resolve(TAKEN);
  await advance(1000);
  const received = batches.flat();
  assertEquals(received, [...Array(BATCH_RECORDS_MAX + HELD_RECORDS_MAX).keys()]);
  assertEquals(told.slice(1), ["Can export again: 7 records were lost"]);
  await exporter.close();
});

Deno.test("RecordExporter.close() sends what is held at once, and takes nothing more", async () => {
  const { put, batches, trouble, exporter } = makeScene(TAKEN);
  put(BATCH_RECORDS_MAX + 3);
  await turn();
  await inTime(exporter.close(), "the end");
  assertEquals(batches.map(({ length }) => length), [BATCH_RECORDS_MAX, 3]);
  put(2);
  assertEquals([batches.length, trouble.lost], [2, 2]);
});

Deno.test("RecordExporter.close() ends the wait for another attempt with the last one", async () => {
  const { put, batches, trouble, exporter, advance } = makeScene(AGAIN);
  put(BATCH_RECORDS_MAX + 3);
  await advance(0);
  assertEquals(batches.length, 1);
  await inTime(exporter.close(), "the end");
  assertEquals(batches.map(({ length }) => length), [BATCH_RECORDS_MAX, BATCH_RECORDS_MAX, 3]);
  assertEquals(trouble.lost, BATCH_RECORDS_MAX + 3);
});
