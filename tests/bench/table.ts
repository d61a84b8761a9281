import { type ContenderName, offers } from "./contenders.ts";
import { isBulk, type Route } from "./job.ts";
import { medianP99, medianRate, medianRatio, type Sample } from "./results.ts";
import type { Scenario } from "./scenarios.ts";

/** What stands where there is nothing to tell. */
const NOTHING = "—";
/** What has a table of its own: not everybody speaks both. */
const GROUPS: readonly (readonly Route[])[] = [
  ["forward", "connect"],
  ["socks5", "socks5_udp"],
  ["intercepted", "intercepted_http2"],
];

/** The results as Markdown: a table for the rows by HTTP, one for those by SOCKS5, and one for interception. */
export function tables(
  samples: readonly Sample[],
  scenarios: readonly Scenario[],
  contenders: readonly ContenderName[],
): string {
  return GROUPS.map((routes) => scenarios.filter(({ route }) => routes.includes(route)))
    .filter((rows) => rows.length > 0)
    .map((rows) => table(samples, rows, contenders))
    .join("\n");
}

/**
 * One table: rates, each proxy's share of direct, Doorward against each peer, and the wait in milliseconds
 * that 99 of 100 stayed below. Who can do nothing of all this has no columns.
 */
function table(
  samples: readonly Sample[],
  scenarios: readonly Scenario[],
  contenders: readonly ContenderName[],
): string {
  const able = contenders.filter((name) => scenarios.some(({ route }) => offers(name, route)));
  const proxies = able.filter((name) => name !== "direct");
  const peers = proxies.filter((name) => name !== "doorward");
  const header = [
    "scenario",
    "unit",
    ...able,
    ...proxies.map((name) => `${name} / direct`),
    ...peers.map((name) => `doorward / ${name}`),
    `p99 ms: ${able.join(", ")}`,
  ];
  const rows = scenarios.map(({ title, unit, work, route }) => [
    title,
    unit,
    ...able.map((name) => offers(name, route) ? rate(medianRate(samples, title, name)) : NOTHING),
    ...proxies.map((name) => ratio(medianRatio(samples, title, name, "direct"))),
    ...peers.map((name) => ratio(medianRatio(samples, title, "doorward", name))),
    isBulk(work) ? NOTHING : able.map((name) => wait(medianP99(samples, title, name))).join(", "),
  ]);
  return markdown(header, rows);
}

function rate(value: number | null): string {
  return value === null ? "failed" : Math.round(value).toLocaleString("en-US");
}

function wait(ms: number | null): string {
  if (ms === null) return NOTHING;
  return ms.toFixed(ms < 1 ? 2 : ms < 10 ? 1 : 0);
}

function ratio(value: number | null): string {
  return value === null ? NOTHING : value.toFixed(2);
}

/** The first two columns are words, the others numbers. */
function markdown(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0))
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => pad(cell, column, widths[column] ?? 0)).join(" | ")} |\n`;
  const rule = widths.map((width, column) =>
    column < 2 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`
  );
  return `${line(header)}${line(rule)}${rows.map(line).join("")}`;
}

function pad(cell: string, column: number, width: number): string {
  return column < 2 ? cell.padEnd(width) : cell.padStart(width);
}
