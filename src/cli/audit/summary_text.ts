import {
  type HostTraffic,
  requestsOf,
  type Summary,
  type Traffic,
} from "../../audit/summary/audit_summary.ts";
import { tableLines } from "../admin/table_lines.ts";
import { briefly } from "../printed/briefly.ts";
import { type Line, paint } from "../printed/terminal.ts";
import { quoteWords } from "../shell/command_line.ts";
import type { Shell } from "../../library/env/shell_quote.ts";
import { type Advice, adviceFor } from "./advice.ts";
import { counted } from "../printed/counted.ts";
import { shownBytes, shownDuration } from "./shown_amounts.ts";

/** Rows for a person: who reads more takes JSON. */
export const ROWS_MAX = 50;

/** A summary for a terminal. */
export function summaryText(
  summary: Summary,
  shell: Shell,
  columns: number | null,
): readonly Line[] {
  const { hosts, reasons } = summary;
  const advice = adviceFor(hosts);
  const [header = null, ...hostTraffic] = hostRows(summary);
  const part = (
    title: string,
    rows: readonly (readonly string[])[],
    header: readonly string[] | null = null,
  ): readonly Line[] =>
    rows.length === 0 ? [] : [[], [`${title}:`], ...tableLines({ header, rows }, columns)];
  return [
    ...totalLines(summary).map((line): Line => [line]),
    ...part("Hosts", hostTraffic.map(indented), header === null ? null : indented(header)),
    ...part(
      "Blocked, or asked about",
      reasons.slice(0, ROWS_MAX).map(({ reason, count }) => [
        `  ${reason}`,
        String(count),
        briefly(reason, 1) === reason ? "" : briefly(reason, 1),
      ]),
    ),
    ...allowLines(advice, shell),
    ...part(
      "Not to be allowed by a pattern",
      advice.explained.slice(0, ROWS_MAX).map(({ host, port, why }) => [
        `  ${placeOf(host, port)}`,
        why,
      ]),
    ),
  ];
}

function indented([first = "", ...rest]: readonly string[]): readonly string[] {
  return [`  ${first}`, ...rest];
}

/** What was summed up, as sentences. */
export function totalLines({ records, first, last, total, lost, ...rest }: Summary): string[] {
  const lines = [
    records === 0
      ? "There are no records"
      : `${counted(records, "record")} from ${first} to ${last}`,
    `${counted(requestsOf(total), "decision")}: ${decided(total)}`,
    `${carried(total)} went through`,
  ];
  if (lost > 0) lines.push(`${counted(lost, "record was", "records were")} lost when written`);
  if (rest.broken > 0) {
    const count = counted(rest.broken, "line is no record", "lines are no records");
    lines.push(`${count}, the first is ${rest.first_broken}`);
  }
  return lines;
}

function decided({ allowed, overridden, blocked, asked }: Traffic): string {
  const by = overridden === 0 ? "" : ` (${overridden} by somebody who was asked)`;
  return `${allowed} allowed${by}, ${blocked} blocked, ${asked} asked about`;
}

function carried({ bytes_up, bytes_down, duration_ms }: Traffic): string {
  return `${shownBytes(bytes_up)} up and ${shownBytes(bytes_down)} down in ${
    shownDuration(duration_ms)
  }`;
}

/** The hosts with a row for those that are left out. */
export function hostRows({ hosts, other_hosts: others }: Summary): readonly (readonly string[])[] {
  if (hosts.length === 0) return [];
  const rows = hosts.slice(0, ROWS_MAX).map((
    each,
  ) => [placeOf(each.host, each.port), ...row(each)]);
  const left = hosts.slice(ROWS_MAX).reduce(sum, others);
  if (requestsOf(left) > 0) rows.push(["all others", ...row(left)]);
  return [["", "allowed", "override", "blocked", "asked", "up", "down", "time"], ...rows];
}

function sum(all: Traffic, each: HostTraffic): Traffic {
  return {
    allowed: all.allowed + each.allowed,
    overridden: all.overridden + each.overridden,
    blocked: all.blocked + each.blocked,
    asked: all.asked + each.asked,
    bytes_up: all.bytes_up + each.bytes_up,
    bytes_down: all.bytes_down + each.bytes_down,
    duration_ms: all.duration_ms + each.duration_ms,
  };
}

function row(traffic: Traffic): readonly string[] {
  return [
    String(traffic.allowed),
    String(traffic.overridden),
    String(traffic.blocked),
    String(traffic.asked),
    shownBytes(traffic.bytes_up),
    shownBytes(traffic.bytes_down),
    shownDuration(traffic.duration_ms),
  ];
}

/** A host with its port, as people write it. */
export function placeOf(host: string, port: number): string {
  if (port === 0) return host;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function allowLines({ allow }: Advice, shell: Shell): readonly Line[] {
  if (allow.length === 0) return [];
  return [
    [],
    ["To allow what no rule names, under [network]:"],
    ...allowedDomains(allow).map((line): Line => ["  ", paint("copy", line)]),
    ["or for one run:"],
    ["  ", paint("copy", runLine(allow, shell))],
  ];
}

/** The lines of a configuration that allow these patterns. */
export function allowedDomains(allow: readonly string[]): readonly string[] {
  return ["allowed_domains = [", ...allow.map((pattern) => `  ${JSON.stringify(pattern)},`), "]"];
}

/** The command line that allows these patterns. */
export function runLine(allow: readonly string[], shell: Shell): string {
  const flags = allow.flatMap((pattern) => ["--allow", pattern]);
  return `${quoteWords(["doorward", "run", ...flags], shell)} -- COMMAND`;
}
