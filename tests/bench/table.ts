import { type ContenderName, doorwardAmong, offers, takesPart } from "./contenders.ts";
import { isBulk, type Route } from "./job.ts";
import { markdown, NOTHING, ratio, shown } from "./markdown.ts";
import { medianCpu, medianP99, medianRate, medianRatio, type Sample } from "./results.ts";
import type { Scenario } from "./scenarios.ts";

/** What has tables of its own: not everybody speaks all of them. */
const GROUPS: Readonly<Record<string, readonly Route[]>> = {
  "HTTP": ["forward", "connect"],
  "SOCKS5": ["socks5", "socks5_udp"],
  "Inside HTTPS": ["intercepted", "intercepted_http2"],
};

/** The rows of one group, and who can do any of them. */
interface Group {
  readonly samples: readonly Sample[];
  readonly rows: readonly Scenario[];
  readonly able: readonly ContenderName[];
}

/** The results as Markdown: for HTTP, for SOCKS5, for interception, and for Doorward beside itself. */
export function tables(
  samples: readonly Sample[],
  scenarios: readonly Scenario[],
  contenders: readonly ContenderName[],
): string {
  const parts = Object.entries(GROUPS).map(([title, routes]) => {
    const rows = scenarios.filter(({ route, among }) =>
      among === undefined && routes.includes(route)
    );
    const able = contenders.filter((name) => rows.some(({ route }) => offers(name, route)));
    return rows.length === 0 ? "" : `## ${title}\n\n${groupTables({ samples, rows, able })}`;
  });
  const itself = scenarios.filter(({ among }) => among !== undefined);
  if (itself.length > 0) parts.push(`## Doorward beside itself\n\n${ownTable(samples, itself)}`);
  return parts.filter((part) => part !== "").join("\n");
}

function groupTables(group: Group): string {
  const { samples, able } = group;
  const proxies = able.filter((name) => name !== "direct");
  const own = doorwardAmong(able);
  const limit = able.includes("relay") ? "relay" : "direct";
  const limited = proxies.filter((name) => name !== limit);
  const isNotBulk = ({ work }: Scenario) => !isBulk(work);
  return [
    cells("Rates", group, able, (row, name) => {
      const rate = medianRate(samples, row.title, name);
      return rate === null ? "failed" : Math.round(rate).toLocaleString("en-US");
    }, ({ unit }) => unit),
    own === null ? "" : cells(
      "Doorward's rate, the other's being 1",
      group,
      able.filter((name) => name !== own),
      (row, name) => ratio(medianRatio(samples, row.title, own, name)),
    ),
    cells(
      `Rates, that of ${limit} being 1`,
      group,
      limited,
      (row, name) => ratio(medianRatio(samples, row.title, name, limit)),
    ),
    cells("p99, milliseconds", { ...group, rows: group.rows.filter(isNotBulk) }, able, (
      row,
      name,
    ) => shown(medianP99(samples, row.title, name))),
    cells("CPU of the proxy for each, of bulk for each MiB, microseconds", group, proxies, (
      row,
      name,
    ) => shown(medianCpu(samples, row.title, name))),
  ].filter((part) => part !== "").join("\n");
}

/** A table with a row for each scenario and a column for each of these, where they take part. */
function cells(
  title: string,
  { rows, samples }: Group,
  names: readonly ContenderName[],
  cell: (row: Scenario, name: ContenderName) => string,
  unit?: (row: Scenario) => string,
): string {
  const hasAny = samples.some(({ contender }) => names.includes(contender));
  if (rows.length === 0 || names.length === 0 || !hasAny) return "";
  const header = ["scenario", ...(unit === undefined ? [] : ["unit"]), ...names];
  const lines = rows.map((row) => [
    row.title,
    ...(unit === undefined ? [] : [unit(row)]),
    ...names.map((name) => takesPart(name, row) ? cell(row, name) : NOTHING),
  ]);
  return `${title}:\n\n${markdown(header, lines, unit === undefined ? 1 : 2)}`;
}

/** A line for each way in which Doorward is run, beside the first of its row. */
function ownTable(samples: readonly Sample[], rows: readonly Scenario[]): string {
  const header = ["scenario", "way", "requests/s", "of the first", "p99 ms", "CPU µs each"];
  const lines = rows.flatMap(({ title, among = [] }) =>
    among.filter((name) => medianRate(samples, title, name) !== null).map((name) => [
      title,
      name,
      shown(medianRate(samples, title, name)),
      ratio(medianRatio(samples, title, name, among[0] ?? name)),
      shown(medianP99(samples, title, name)),
      shown(medianCpu(samples, title, name)),
    ])
  );
  return markdown(header, lines, 2);
}
