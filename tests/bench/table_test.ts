import { assertEquals } from "@std/assert";
import { CONTENDERS } from "./contenders.ts";
import type { Route } from "./job.ts";
import type { Sample } from "./results.ts";
import type { Scenario } from "./scenarios.ts";
import { tables } from "./table.ts";

Deno.test("tables() gives HTTP and SOCKS5 a table each, with those who speak it", () => {
  const rows = [row("h", "connect"), row("s", "socks5"), row("u", "socks5_udp")];
  const samples = [
    sample("h", "direct", 1000),
    sample("h", "doorward", 500),
    sample("h", "squid", 250),
    sample("s", "direct", 1000),
    sample("s", "doorward", 500),
    sample("s", "dante", 250),
    sample("s", "microsocks", 100),
    sample("u", "direct", 2000),
    sample("u", "doorward", 100),
    sample("u", "dante", 400),
  ];
  const names = ["direct", "doorward", "squid", "dante", "microsocks"] as const;
  assertEquals(cells(tables(samples, rows, names)), [
    [
      "scenario|unit|direct|doorward|squid|doorward / direct|squid / direct|doorward / squid|" +
      "p99 ms: direct, doorward, squid",
      "h|x/s|1,000|500|250|0.50|0.25|2.00|2.0, 2.0, 2.0",
    ],
    [
      "scenario|unit|direct|doorward|dante|microsocks|doorward / direct|dante / direct|" +
      "microsocks / direct|doorward / dante|doorward / microsocks|" +
      "p99 ms: direct, doorward, dante, microsocks",
      "s|x/s|1,000|500|250|100|0.50|0.25|0.10|2.00|5.00|2.0, 2.0, 2.0, 2.0",
      "u|x/s|2,000|100|400|—|0.05|0.20|—|0.25|—|2.0, 2.0, 2.0, —",
    ],
  ]);
});

Deno.test("tables() tells who failed from who was not asked", () => {
  const samples = [sample("u", "direct", 2000), sample("u", "dante", 400)];
  assertEquals(cells(tables(samples, [row("u", "socks5_udp")], CONTENDERS)), [
    [
      "scenario|unit|direct|doorward|dante|doorward / direct|dante / direct|doorward / dante|" +
      "p99 ms: direct, doorward, dante",
      "u|x/s|2,000|failed|400|—|0.20|—|2.0, —, 2.0",
    ],
  ]);
});

/** The cells of each line of each table, without the line under the header. */
function cells(markdown: string): readonly (readonly string[])[] {
  return markdown.trimEnd().split("\n\n").map((table) =>
    table.trimEnd().split("\n").filter((_, line) => line !== 1).map((line) =>
      line.slice(1, -1).split("|").map((cell) => cell.trim()).join("|")
    )
  );
}

function row(title: string, route: Route): Scenario {
  return { title, unit: "x/s", work: "messages", route, connections: 1, window: 1 };
}

function sample(scenario: string, contender: Sample["contender"], rate: number): Sample {
  const outcome = { rate, p50: 1, p99: 2, done: 1, faults: 0 };
  return { round: 1, scenario, contender, outcome };
}
