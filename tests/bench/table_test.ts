import { assertEquals } from "@std/assert";
import type { Route } from "./job.ts";
import type { Sample } from "./results.ts";
import type { Scenario } from "./scenarios.ts";
import { tables } from "./table.ts";

Deno.test("tables() gives each group its rates, ratios, waits and costs, for those who speak it", () => {
  const rows = [row("h", "connect"), row("f", "forward")];
  const samples = [
    sample("h", "direct", 1000),
    sample("h", "relay", 800),
    sample("h", "doorward", 400),
    sample("h", "squid", 200),
    sample("f", "direct", 10),
    sample("f", "doorward", 5),
    sample("f", "haproxy", 4),
  ];
  const names = ["direct", "relay", "doorward", "squid", "haproxy"] as const;
  assertEquals(cells(tables(samples, rows, names)), [
    ["## HTTP"],
    ["Rates:"],
    [
      "scenario|unit|direct|relay|doorward|squid|haproxy",
      "h|x/s|1,000|800|400|200|—",
      "f|x/s|10|failed|5|failed|4",
    ],
    ["Doorward's rate, the other's being 1:"],
    ["scenario|direct|relay|squid|haproxy", "h|0.40|0.50|2.00|—", "f|0.50|—|—|1.25"],
    ["Rates, that of relay being 1:"],
    ["scenario|doorward|squid|haproxy", "h|0.50|0.25|—", "f|—|—|—"],
    ["p99, milliseconds:"],
    ["scenario|direct|relay|doorward|squid|haproxy", "h|2.0|2.0|2.0|2.0|—", "f|2.0|—|2.0|—|2.0"],
    ["CPU of the proxy for each, of bulk for each MiB, microseconds:"],
    ["scenario|relay|doorward|squid|haproxy", "h|10.0|10.0|10.0|—", "f|—|10.0|—|10.0"],
  ]);
});

Deno.test("tables() has a table of its own for Doorward in several ways, and none for who is not there", () => {
  const ways: Scenario = { ...row("audit", "forward"), among: ["doorward", "no-audit"] };
  const workers: Scenario = { ...row("workers", "forward"), among: ["doorward", "two-workers"] };
  const samples = [
    sample("audit", "doorward", 80),
    sample("audit", "no-audit", 100),
    sample("workers", "doorward", 90),
  ];
  assertEquals(cells(tables(samples, [ways, workers], ["doorward", "no-audit"])), [
    ["## Doorward beside itself"],
    [
      "scenario|way|requests/s|of the first|p99 ms|CPU µs each",
      "audit|doorward|80.0|1.00|2.0|10.0",
      "audit|no-audit|100|1.25|2.0|10.0",
      "workers|doorward|90.0|1.00|2.0|10.0",
    ],
  ]);
});

Deno.test("tables() holds interception against a direct connection: nothing that copies does it", () => {
  const samples = [sample("i", "direct", 100), sample("i", "doorward-mitm", 50)];
  const text = tables(samples, [row("i", "intercepted")], ["direct", "doorward-mitm"]);
  assertEquals(cells(text).slice(0, 5), [
    ["## Inside HTTPS"],
    ["Rates:"],
    ["scenario|unit|direct|doorward-mitm", "i|x/s|100|50"],
    ["Doorward's rate, the other's being 1:"],
    ["scenario|direct", "i|0.50"],
  ]);
});

/** The parts of the text; of a table the cells of each line, without the line under the header. */
function cells(markdown: string): readonly (readonly string[])[] {
  return markdown.trimEnd().split("\n\n").map((part) => {
    const lines = part.trimEnd().split("\n");
    if (lines.length === 1) return lines;
    return lines.filter((_, line) => line !== 1).map((line) =>
      line.slice(1, -1).split("|").map((cell) => cell.trim()).join("|")
    );
  });
}

function row(title: string, route: Route): Scenario {
  return { title, unit: "x/s", work: "messages", route, connections: 1, window: 1 };
}

function sample(scenario: string, contender: Sample["contender"], rate: number): Sample {
  const outcome = { rate, p50: 1, p99: 2, done: 1, work: 1, faults: 0 };
  const cpu = contender === "direct" ? null : 10;
  return { round: 1, scenario, contender, outcome, cpu };
}
