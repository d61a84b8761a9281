import type { DashboardCommand } from "../argv/command.ts";
import { EXIT } from "../exit_code.ts";
import type { Surroundings } from "../surroundings.ts";
import { textOf } from "./reply_fields.ts";
import { withAdmin } from "./with_admin.ts";

/** `doorward dashboard`: a link that opens the dashboard, once. */
export async function dashboard(command: DashboardCommand, here: Surroundings): Promise<number> {
  return await withAdmin(command, here, async (admin) => {
    const reply = await admin.send("POST", "/session/code");
    here.terminal.out.line(command.json ? JSON.stringify(reply) : textOf(reply, "url"));
    return EXIT.done;
  });
}
