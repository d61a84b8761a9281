import { assertEquals } from "@std/assert";
import { BlockedBuffer, type NumberedRecord } from "../../src/audit/blocked_buffer.ts";
import type { BlockedRecord } from "../../src/audit/blocked_record.ts";

function recordOf(host: string): BlockedRecord {
  return {
    host,
    reason: "not_allowed",
    client: "127.0.0.1:50000",
    method: "GET",
    mode: null,
    protocol: "http",
    decision: "deny",
    source: "baseline_policy",
    port: 80,
    timestamp: 1735689600,
    generation: 1,
    listener: "127.0.0.1:3128",
  };
}

function push(buffer: BlockedBuffer, record: BlockedRecord): NumberedRecord {
  return buffer.push(record, "not_allowed");
}

// Upstream: drain_blocked_returns_buffered_window.
Deno.test("BlockedBuffer keeps the newest 200 of 205, oldest first", () => {
  const buffer = new BlockedBuffer(200);
  for (let index = 0; index < 205; index++) push(buffer, recordOf(`example${index}.com`));
  const kept = buffer.after();
  assertEquals(kept.length, 200);
  assertEquals(kept[0]!.host, "example5.com");
  assertEquals(kept.at(-1)!.host, "example204.com");
});

// Upstream: blocked_snapshot_does_not_consume_entries.
Deno.test("after() takes nothing away", () => {
  const buffer = new BlockedBuffer(2);
  push(buffer, recordOf("a.test"));
  assertEquals(buffer.after(), buffer.after());
  assertEquals(buffer.after().length, 1);
});

Deno.test("after() pages by number", () => {
  const buffer = new BlockedBuffer(10);
  for (const host of ["a.test", "b.test", "c.test"]) push(buffer, recordOf(host));
  assertEquals(buffer.after(1).map(({ seq, host }) => [seq, host]), [[2, "b.test"], [3, "c.test"]]);
  assertEquals(buffer.after(3), []);
});

Deno.test("total counts what is not kept any more, and numbers have no gaps", () => {
  const buffer = new BlockedBuffer(1);
  for (const host of ["a.test", "b.test", "c.test"]) push(buffer, recordOf(host));
  assertEquals(buffer.total, 3);
  assertEquals(buffer.after().map(({ seq }) => seq), [3]);
});

Deno.test("push() returns the record with its number", () => {
  const buffer = new BlockedBuffer(1);
  push(buffer, recordOf("a.test"));
  assertEquals(push(buffer, recordOf("b.test")), { ...recordOf("b.test"), seq: 2 });
});

Deno.test("counts tell how many there were of each reason, kept or not", () => {
  const buffer = new BlockedBuffer(1);
  assertEquals(buffer.counts, {});
  for (const reason of ["denied", "not_allowed", "denied"] as const) {
    buffer.push({ ...recordOf("a.test"), reason }, reason);
  }
  assertEquals(buffer.counts, { denied: 2, not_allowed: 1 });
});

Deno.test("counts go by the reason, whatever word the record has for it", () => {
  const buffer = new BlockedBuffer(2);
  buffer.push({ ...recordOf("a.test"), reason: "not on a Sunday" }, "policy_denied");
  buffer.push({ ...recordOf("a.test"), reason: "too late" }, "policy_denied");
  assertEquals(buffer.counts, { policy_denied: 2 });
  assertEquals(buffer.after().map(({ reason }) => reason), ["not on a Sunday", "too late"]);
});
