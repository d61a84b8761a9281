import type { ConnectionsCommand } from "../argv/command.ts";
import { EXIT } from "../exit_code.ts";
import { counted } from "../printed/counted.ts";
import { hostAndPort } from "../printed/remedy.ts";
import type { Surroundings } from "../surroundings.ts";
import { printLines } from "./print_lines.ts";
import { ABSENT, type Json, numberOf, objectsOf, textOf } from "./reply_fields.ts";
import { tableLines } from "./table_lines.ts";
import { withAdmin } from "./with_admin.ts";
import { byteCount, duration } from "./words.ts";

const HEADER = ["ID", "CLIENT", "KIND", "HOST", "PROTOCOL", "UP", "DOWN", "AGE", "RULE"];

/** `doorward connections`: the open ones, newest first; or closes one. */
export async function connections(
  command: ConnectionsCommand,
  here: Surroundings,
): Promise<number> {
  return await withAdmin(command, here, async (admin) => {
    const { close } = command;
    const reply = close === null
      ? await admin.get("/connections")
      : await admin.send("DELETE", `/connections/${close}`);
    if (command.json) here.terminal.out.line(JSON.stringify(reply));
    else if (close !== null) here.terminal.out.line(`closed ${close}`);
    else await print(reply, command, here);
    return EXIT.done;
  });
}

async function print(reply: Json, command: ConnectionsCommand, here: Surroundings): Promise<void> {
  const { out, err } = here.terminal;
  const now = here.clock.now() / 1000;
  const rows = objectsOf(reply, "connections").map((connection) => rowOf(connection, now));
  if (rows.length === 0) {
    if (!command.quiet) err.line("doorward: No connection is open");
    return;
  }
  await printLines(out, tableLines({ header: HEADER, rows }, out.columns));
  const more = (numberOf(reply, "total") ?? 0) - rows.length;
  if (more > 0 && !command.quiet) err.line(`doorward: and ${counted(more, "connection")} more`);
}

function rowOf(connection: Json, now: number): readonly string[] {
  const host = textOf(connection, "host");
  const opened = numberOf(connection, "opened_at");
  return [
    textOf(connection, "id"),
    textOf(connection, "client"),
    textOf(connection, "kind"),
    host === ABSENT ? ABSENT : hostAndPort(host, numberOf(connection, "port") ?? 0),
    textOf(connection, "protocol"),
    byteCount(numberOf(connection, "bytes_up")),
    byteCount(numberOf(connection, "bytes_down")),
    duration(opened === null ? null : now - opened),
    textOf(connection, "rule"),
  ];
}
