import type { ReloadCommand } from "../argv/command.ts";
import { EXIT } from "../exit_code.ts";
import type { Line } from "../printed/terminal.ts";
import type { Surroundings } from "../surroundings.ts";
import { printLines } from "./print_lines.ts";
import { textOf, textsOf } from "./reply_fields.ts";
import { withAdmin } from "./with_admin.ts";

/** `doorward reload`: makes a proxy read its configuration again. */
export async function reload(command: ReloadCommand, here: Surroundings): Promise<number> {
  const { out } = here.terminal;
  return await withAdmin(command, here, async (admin) => {
    const reply = await admin.send("POST", "/reload");
    if (command.json) {
      out.line(JSON.stringify(reply));
      return EXIT.done;
    }
    const changed = textsOf(reply, "changed");
    const what = changed.length === 0
      ? "nothing changed"
      : `generation ${textOf(reply, "generation")}`;
    await printLines(out, [[`reloaded: ${what}`], ...changed.map((text): Line => [`  ${text}`])]);
    return EXIT.done;
  });
}
