import { assertEquals } from "@std/assert";
import type { Sent } from "../../../src/library/otlp/attempt.ts";
import { exportMetrics } from "../../../src/library/otlp/export_metrics.ts";
import { Trouble } from "../../../src/library/otlp/trouble.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { inTime, turn } from "../../support/in_time.ts";

function makeScene(...outcomes: readonly (Sent | Promise<Sent>)[]) {
  const clock = new FakeClock();
  const told: string[] = [];
  const sent: number[] = [];
  const end = exportMetrics({
    ready: () => {
      const now = clock.monotonic();
      return Promise.resolve(async () => {
        sent.push(now);
        return await outcomes[Math.min(sent.length, outcomes.length) - 1]!;
      });
    },
    intervalMs: 60_000,
    clock,
    trouble: new Trouble({
      what: "export metrics",
      diagnose: (line) => told.push(line),
      monotonic: () => clock.monotonic(),
    }),
  });
  const advance = async (ms: number) => {
    clock.advance(ms);
    await turn();
  };
  return { clock, told, sent, end, advance };
}

const TAKEN: Sent = { kind: "taken", rejected: 0 };

Deno.test("exportMetrics() sends at each interval, and at the end", async () => {
  const { sent, end, advance, clock, told } = makeScene(TAKEN);
  await advance(59_999);
  assertEquals(sent, []);
  await advance(1);
  await advance(60_000);
  assertEquals(sent, [60_000, 120_000]);
  await advance(7);
  await inTime(end(), "the end");
  assertEquals([sent, told, clock.sleeping], [[60_000, 120_000, 120_007], [], 0]);
});

Deno.test("exportMetrics() does not send again what failed: the next holds it", async () => {
  const { sent, end, advance, told } = makeScene(
    { kind: "again", why: "it hung", afterMs: 1 },
    { kind: "refused", why: "it answered 500" },
    { kind: "taken", rejected: 1 },
    TAKEN,
  );
  for (let time = 0; time < 3; time++) await advance(60_000);
  assertEquals([sent.length, told], [3, ["Cannot export metrics: it hung"]]);
  await end();
  assertEquals(told.slice(1), ["Can export metrics again"]);
});

Deno.test("exportMetrics() sends one at a time, however slow", async () => {
  const slow = Promise.withResolvers<Sent>();
  const { sent, end, advance } = makeScene(slow.promise, TAKEN);
  await advance(60_000);
  await advance(600_000);
  assertEquals(sent.length, 1);
  const ending = end();
  slow.resolve(TAKEN);
  await inTime(ending, "the end");
  assertEquals(sent.length, 2);
});
