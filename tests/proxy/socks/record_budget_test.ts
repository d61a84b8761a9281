import { assertEquals } from "@std/assert";
import {
  RecordBudget,
  RECORDS_A_SECOND,
  RECORDS_BURST,
} from "../../../src/proxy/socks/record_budget.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** Asks for so many records; how many there were. */
function take(budget: RecordBudget, count: number): number {
  return Array.from({ length: count }, () => budget.take()).filter((taken) => taken).length;
}

Deno.test("RecordBudget allows a burst, and then a few each second", () => {
  const clock = new FakeClock();
  const budget = new RecordBudget(clock);
  assertEquals(take(budget, RECORDS_BURST), RECORDS_BURST);
  assertEquals(take(budget, 1), 0);
  clock.advance(999);
  assertEquals(take(budget, 1), 0);
  clock.advance(1);
  assertEquals(take(budget, 1000), RECORDS_A_SECOND);
  clock.advance(2500);
  assertEquals(take(budget, 1000), 2 * RECORDS_A_SECOND);
  // The half second before counts.
  clock.advance(500);
  assertEquals(take(budget, 1000), RECORDS_A_SECOND);
});

Deno.test("RecordBudget saves no more than one burst", () => {
  const clock = new FakeClock();
  const budget = new RecordBudget(clock);
  clock.advance(3_600_000);
  assertEquals(take(budget, 1000), RECORDS_BURST);
  clock.advance(3_600_000);
  assertEquals(take(budget, 1000), RECORDS_BURST);
});

Deno.test("RecordBudget counts what was left out until it is told", () => {
  const clock = new FakeClock();
  const budget = new RecordBudget(clock);
  take(budget, RECORDS_BURST);
  assertEquals(budget.takeLeftOut(), 0);
  take(budget, 5);
  clock.advance(1000);
  take(budget, RECORDS_A_SECOND + 2);
  assertEquals([budget.takeLeftOut(), budget.takeLeftOut()], [7, 0]);
});
