import { assertEquals } from "@std/assert";
import { takesPart } from "./contenders.ts";
import { type Goal, GOALS } from "./goals.ts";
import type { HeldTunnels } from "./idle_tunnels.ts";
import { judge } from "./judge.ts";
import type { Sample } from "./results.ts";
import { SCENARIOS } from "./scenarios.ts";
import type { Starts } from "./start_summary.ts";

Deno.test("every goal is about a row, and about those who take part in it", () => {
  for (const { what, measure } of GOALS) {
    if (measure.kind !== "rate" && measure.kind !== "p99") continue;
    const row = SCENARIOS.find(({ title }) => title === measure.row);
    const both = row && takesPart(measure.of, row) && takesPart(measure.to, row);
    assertEquals([what, both], [what, true]);
  }
});

Deno.test("every goal has its own name, and one bound", () => {
  assertEquals(new Set(GOALS.map(({ what }) => what)).size, GOALS.length);
  assertEquals(
    GOALS.filter(({ least, most }) => (least === undefined) === (most === undefined)),
    [],
  );
});

Deno.test("judge() says of each goal what was wanted, what came of it, and whether that does", () => {
  const pair = { row: "r", of: "doorward", to: "squid" } as const;
  const more = { of: "rules-100000", than: "rules-10" } as const;
  const goals: readonly Goal[] = [
    { what: "rate", measure: { kind: "rate", ...pair }, least: 2 },
    { what: "more rate", measure: { kind: "rate", ...pair }, least: 2.1 },
    { what: "wait", measure: { kind: "p99", ...pair }, most: 0.5 },
    { what: "KB", measure: { kind: "tunnel KB" }, most: 20 },
    { what: "back", measure: { kind: "tunnels returned" }, least: 0.5 },
    { what: "MB", measure: { kind: "MB more", ...more }, most: 60 },
    { what: "ms", measure: { kind: "ms more", ...more }, most: 99 },
  ];
  const verdicts = judge(goals, {
    samples: [sample("doorward", 10, 2), sample("squid", 5, 8)],
    starts: [starts("rules-10", 100, 50), starts("rules-100000", 200, 70)],
    tunnels: [
      tunnels("doorward", 10_000, 18),
      tunnels("doorward", 1000, 40),
      tunnels("squid", 1, 1),
    ],
  });
  assertEquals(verdicts, [
    { what: "rate", wanted: "at least 2", got: 2, isMet: true },
    { what: "more rate", wanted: "at least 2.1", got: 2, isMet: false },
    { what: "wait", wanted: "at most 0.5", got: 0.25, isMet: true },
    { what: "KB", wanted: "at most 20", got: 18, isMet: true },
    { what: "back", wanted: "at least 0.5", got: 0.25, isMet: false },
    { what: "MB", wanted: "at most 60", got: 20, isMet: true },
    { what: "ms", wanted: "at most 99", got: 100, isMet: false },
  ]);
});

Deno.test("judge() leaves out what nothing was measured for, and few tunnels", () => {
  const few = tunnels("doorward", 4999, 18);
  assertEquals(judge(GOALS, { samples: [], starts: [], tunnels: [few] }), []);
  assertEquals(judge(GOALS, { samples: [], starts: [], tunnels: [] }), []);
});

function sample(contender: Sample["contender"], rate: number, p99: number): Sample {
  const outcome = { rate, p50: 1, p99, done: 1, work: 1, faults: 0 };
  return { round: 1, scenario: "r", contender, outcome, cpu: null };
}

function starts(of: Starts["of"], acceptsMs: number, idleMb: number): Starts {
  return { of, acceptsMs, respondsMs: acceptsMs + 1, idleMb, doorward: null };
}

function tunnels(contender: HeldTunnels["contender"], held: number, eachKb: number): HeldTunnels {
  const memory = { idleMb: 50, heldMb: 250, afterMb: 200, returned: 0.25 };
  return { contender, wanted: held, held, ...memory, eachKb };
}
