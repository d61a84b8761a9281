import { openLog } from "../../audit/read/open_set.ts";
import { parseRecord } from "../../audit/read/parse_record.ts";
import { readLines } from "../../audit/read/read_lines.ts";
import { AuditSummary, type Summary } from "../../audit/summary/audit_summary.ts";
import type { AuditSummaryCommand } from "../argv/command.ts";
import { EXIT } from "../exit_code.ts";
import { likelyShell } from "../../library/env/shell_quote.ts";
import { wrap } from "../printed/prose.ts";
import type { Line } from "../printed/terminal.ts";
import type { Surroundings } from "../surroundings.ts";
import { adviceFor } from "./advice.ts";
import { summaryMarkdown } from "./summary_markdown.ts";
import { summaryText } from "./summary_text.ts";
import { unreadable } from "./unreadable.ts";

/** `doorward audit summary`: what audit files come to. */
export async function summarize(
  { files, format, since, label }: AuditSummaryCommand,
  here: Surroundings,
): Promise<number> {
  const { out } = here.terminal;
  const from = since === null ? null : since.kind === "at" ? since.ms : here.clock.now() - since.ms;
  const counting = new AuditSummary({ since: from, label });
  for (const file of logsAmong(files)) {
    try {
      await readInto(counting, file, here);
    } catch (error) {
      return unreadable(file, error, here);
    }
  }
  printed(counting.summary, format, here).forEach((line) => out.line(...line));
  return EXIT.done;
}

/** What stands beside a log is no log, and comes with it where a shell expands `audit.jsonl*`. */
function logsAmong(files: readonly string[]): readonly string[] {
  return files.filter((file) =>
    !(file.endsWith(LOCK) && files.includes(file.slice(0, -LOCK.length)))
  );
}

const LOCK = ".lock";

function printed(
  summary: Summary,
  format: AuditSummaryCommand["format"],
  here: Surroundings,
): readonly Line[] {
  const { columns } = here.terminal.out;
  switch (format) {
    case "text":
      return summaryText(summary, likelyShell(here.env, here.os), columns)
        .flatMap((line) => wrap(line, columns));
    case "markdown":
      return summaryMarkdown(summary).map((line): Line => [line]);
    case "json":
      return [[JSON.stringify({ ...summary, to_allow: adviceFor(summary.hosts).allow })]];
  }
}

async function readInto(counting: AuditSummary, name: string, here: Surroundings): Promise<void> {
  if (name === "-") {
    await readAll(counting, "standard input", (into) => here.stdin.read(into));
    return;
  }
  using file = await openLog(name);
  await readAll(counting, name, (into) => file.read(into));
}

async function readAll(
  counting: AuditSummary,
  name: string,
  read: (into: Uint8Array) => Promise<number | null>,
): Promise<void> {
  let number = 0;
  for await (const lines of readLines(read)) {
    for (const { text, fault } of lines) {
      number += 1;
      const record = fault === null ? parseRecord(text) : null;
      if (record === null || "kind" in record) counting.addBroken(`${name}:${number}`);
      else counting.add(record);
    }
  }
}
