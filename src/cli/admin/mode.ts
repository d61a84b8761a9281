import type { ModeCommand } from "../argv/command.ts";
import { EXIT } from "../exit_code.ts";
import type { Surroundings } from "../surroundings.ts";
import { textOf } from "./reply_fields.ts";
import { withAdmin } from "./with_admin.ts";

/** `doorward mode`: tells the mode, or sets it. */
export async function mode(command: ModeCommand, here: Surroundings): Promise<number> {
  return await withAdmin(command, here, async (admin) => {
    const reply = command.mode === null
      ? await admin.get("/health")
      : await admin.send("POST", "/mode", { mode: command.mode });
    here.terminal.out.line(command.json ? JSON.stringify(reply) : textOf(reply, "mode"));
    return EXIT.done;
  });
}
