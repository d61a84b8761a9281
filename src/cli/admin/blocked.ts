import type { BlockedCommand } from "../argv/command.ts";
import { EXIT } from "../exit_code.ts";
import { briefly } from "../printed/briefly.ts";
import { hostAndPort } from "../printed/remedy.ts";
import { warningLine } from "../printed/notices.ts";
import type { Line } from "../printed/terminal.ts";
import type { Surroundings } from "../surroundings.ts";
import type { AdminClient } from "./admin_client.ts";
import { columnWidths } from "./columns.ts";
import { follow } from "./follow.ts";
import { printLines } from "./print_lines.ts";
import { ABSENT, type Json, numberOf, objectsOf, textOf } from "./reply_fields.ts";
import { tableLines } from "./table_lines.ts";
import { withAdmin } from "./with_admin.ts";
import { wallClock } from "./words.ts";

/** Of the lines that follow a list nobody knows how wide they will be. */
const LEAST_WIDTHS = [4, 19, 32, 13, 7, 34, 15];

/** `doorward blocked`: what was blocked, oldest first. */
export async function blocked(command: BlockedCommand, here: Surroundings): Promise<number> {
  return await withAdmin(command, here, async (admin) => {
    if (command.follow) return await watch(admin, command, here);
    const reply = await admin.get(`/blocked?after=${command.after}`);
    if (command.json) {
      here.terminal.out.line(JSON.stringify(reply));
      return EXIT.done;
    }
    const rows = rowsOf(objectsOf(reply, "blocked"));
    const { out } = here.terminal;
    await printLines(out, tableLines({ header: null, rows }, out.columns));
    if (rows.length === 0 && !command.quiet) {
      here.terminal.err.line("doorward: Nothing was blocked");
    }
    return EXIT.done;
  });
}

/** The list, then each new record: none twice and none left out, for the stream is open before the list. */
async function watch(
  admin: AdminClient,
  command: BlockedCommand,
  here: Surroundings,
): Promise<number> {
  const { out, err } = here.terminal;
  let last = command.after;
  let least: readonly number[] = LEAST_WIDTHS;
  const print = async (records: readonly Json[]): Promise<void> => {
    const fresh = records.filter((record) => (numberOf(record, "seq") ?? 0) > last);
    last = fresh.reduce((most, record) => Math.max(most, numberOf(record, "seq") ?? 0), last);
    const rows = rowsOf(fresh);
    least = columnWidths(rows, least);
    const json = fresh.map((record): Line => [JSON.stringify(record)]);
    await printLines(
      out,
      command.json ? json : tableLines({ header: null, rows, least }, out.columns),
    );
  };
  return await follow(admin, "/events?types=blocked", here, {
    opened: async () => {
      const reply = await admin.get(`/blocked?after=${command.after}`);
      await print(objectsOf(reply, "blocked"));
    },
    each: async (type, data) => {
      if (type === "blocked") await print([recordOf(data)]);
      if (type === "dropped") {
        err.line(...warningLine(`${textOf(data, "count")} records were lost`));
      }
    },
  });
}

/** The record in an event, as the list has it: its own number in place of the event's. */
function recordOf({ type: _type, at: _at, blocked_seq: seq, ...record }: Json): Json {
  return { ...record, seq };
}

function rowsOf(records: readonly Json[]): readonly (readonly string[])[] {
  const time = wallClock();
  return records.map((record) => {
    const port = numberOf(record, "port") ?? 0;
    const attempt = textOf(record, "attempt_id");
    return [
      textOf(record, "seq"),
      time(numberOf(record, "timestamp")),
      hostAndPort(textOf(record, "host"), port),
      textOf(record, "protocol"),
      textOf(record, "method"),
      briefly(textOf(record, "reason"), port),
      textOf(record, "client"),
      attempt === ABSENT ? "" : `attempt ${attempt}`,
    ];
  });
}
