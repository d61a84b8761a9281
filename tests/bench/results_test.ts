import { assertEquals } from "@std/assert";
import { faultLines, medianCpu, medianRate, medianRatio, type Sample } from "./results.ts";
import { median } from "./statistics.ts";

Deno.test("median() takes the middle, or the mean of the two in the middle", () => {
  assertEquals(median([3, 1, 2]), 2);
  assertEquals(median([4, 1, 2, 3]), 2.5);
  assertEquals(median([]), NaN);
});

Deno.test("medianRatio() compares within a round, so that a slow round does not count", () => {
  const samples = [
    sample(1, "direct", 100),
    sample(1, "doorward", 50),
    sample(2, "direct", 10),
    sample(2, "doorward", 5),
    sample(3, "direct", 400),
    sample(3, "doorward", 100),
  ];
  assertEquals(medianRatio(samples, "s", "doorward", "direct"), 0.5);
  assertEquals(medianRate(samples, "s", "doorward"), 50);
});

Deno.test("a round that failed is left out, and nothing but failures is no figure", () => {
  const failed: Sample = { ...sample(2, "squid", 0), outcome: { failed: "stuck" } };
  const samples = [sample(1, "direct", 10), sample(1, "squid", 5), sample(2, "direct", 10), failed];
  assertEquals(medianRatio(samples, "s", "squid", "direct"), 0.5);
  assertEquals(medianRate([failed], "s", "squid"), null);
  assertEquals(faultLines(samples), ["squid, s: 1 of 2 failed (stuck)"]);
});

Deno.test("medianCpu() takes the middle of what is known", () => {
  const samples = [1, 3, 9].map((cpu) => ({ ...sample(cpu, "squid", 1), cpu }));
  const unknown = { ...sample(4, "squid", 1), cpu: null };
  assertEquals(medianCpu([...samples, unknown], "s", "squid"), 3);
  assertEquals(medianCpu([unknown], "s", "squid"), null);
});

function sample(round: number, contender: Sample["contender"], rate: number): Sample {
  const outcome = { rate, p50: 1, p99: 1, done: 1, work: 1, faults: 0 };
  return { round, scenario: "s", contender, outcome, cpu: rate };
}
