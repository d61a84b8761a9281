import { assertEquals } from "@std/assert";
import { summarizeStarts } from "./start_summary.ts";
import type { Start } from "./starts.ts";

Deno.test("summarizeStarts() has medians, and of the ratios of each round the middle one", () => {
  const all = [
    ...[start(1, "deno eval 0", 20, null, 40), start(1, "squid", 10, 20, 25)],
    ...[start(1, "doorward", 100, 110, 75), start(2, "doorward", 200, 220, 75)],
    ...[start(2, "squid", 50, 55, 25), start(3, "squid", 30, 33, 25)],
    start(3, "doorward", 90, 99, 50),
  ];
  assertEquals(summarizeStarts(all), [
    {
      ...{ of: "deno eval 0", acceptsMs: 20, respondsMs: null, idleMb: 40 },
      doorward: { accepts: 5, responds: null, idleMb: 1.875 },
    },
    {
      ...{ of: "squid", acceptsMs: 30, respondsMs: 33, idleMb: 25 },
      doorward: { accepts: 4, responds: 4, idleMb: 3 },
    },
    {
      ...{ of: "doorward", acceptsMs: 100, respondsMs: 110, idleMb: 75 },
      doorward: { accepts: 1, responds: 1, idleMb: 1 },
    },
  ]);
});

Deno.test("summarizeStarts() compares nothing where Doorward is not there", () => {
  const [squid] = summarizeStarts([start(1, "squid", 10, 20, 25)]);
  assertEquals(squid?.doorward, null);
  assertEquals(summarizeStarts([]), []);
});

function start(
  round: number,
  of: Start["of"],
  acceptsMs: number,
  respondsMs: number | null,
  idleMb: number,
): Start {
  return { round, of, acceptsMs, respondsMs, idleMb };
}
