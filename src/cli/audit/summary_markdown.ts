import type { Summary } from "../../audit/summary/audit_summary.ts";
import { briefly } from "../printed/briefly.ts";
import { unicodeEscape } from "../printed/escape_controls.ts";
import { adviceFor } from "./advice.ts";
import {
  allowedDomains,
  hostRows,
  placeOf,
  ROWS_MAX,
  runLine,
  totalLines,
} from "./summary_text.ts";

/** What ends a code span, a cell or a line, begins a tag, or reorders or hides text. */
const UNSAFE_REGEXP = /[`|<>&\\\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** The longest host name and its port fit. */
const CODE_CHARACTERS_MAX = 300;

/** A summary for the page of a CI job. Whatever comes from the records stands in code spans, and cannot leave them. */
export function summaryMarkdown(summary: Summary): readonly string[] {
  const [head, ...rows] = hostRows(summary);
  const { allow, explained } = adviceFor(summary.hosts);
  return [
    "## Doorward",
    "",
    ...totalLines(summary).map((line) => `- ${plain(line)}`),
    ...section(
      "Hosts",
      head ?? [],
      rows.map(([host = "", ...cells]) => [codeSpan(host), ...cells]),
    ),
    ...section(
      "Blocked, or asked about",
      ["reason", "count", ""],
      summary.reasons.slice(0, ROWS_MAX).map(({ reason, count }) => [
        codeSpan(reason),
        String(count),
        briefly(reason, 1) === reason ? "" : briefly(reason, 1),
      ]),
    ),
    ...allowSection(allow),
    ...section(
      "Not to be allowed by a pattern",
      ["host", "why"],
      explained.slice(0, ROWS_MAX).map(({ host, port, reason, why }) => [
        codeSpan(placeOf(host, port)),
        why === reason ? codeSpan(reason) : why,
      ]),
    ),
  ];
}

/** Text as code: what could be more than text is written as JavaScript writes it. */
export function codeSpan(text: string): string {
  const short = text.length <= CODE_CHARACTERS_MAX
    ? text
    : `${text.slice(0, CODE_CHARACTERS_MAX)}…`;
  return `\`${escaped(short) || " "}\``;
}

/** A sentence of ours, with the name of a file in it perhaps. */
function plain(text: string): string {
  return escaped(text).replaceAll(/[*_[\]#~]/g, "\\$&");
}

function escaped(text: string): string {
  return text.replaceAll(UNSAFE_REGEXP, unicodeEscape);
}

function section(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return ["", `### ${title}`, "", line(head), line(head.map(() => "---")), ...rows.map(line)];
}

/** Patterns are made of names and addresses alone: nothing in them ends a block of code. */
function allowSection(allow: readonly string[]): readonly string[] {
  if (allow.length === 0) return [];
  return [
    "",
    "### To allow what no rule names",
    "",
    "```toml",
    "[network]",
    ...allowedDomains(allow),
    "```",
    "",
    "or for one run:",
    "",
    "```sh",
    runLine(allow, "sh"),
    "```",
  ];
}
