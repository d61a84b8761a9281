import { loadConfig } from "../config/config.ts";
import type { ConfigCommand } from "./argv/command.ts";
import { configSource } from "./config_source.ts";
import { EXIT } from "./exit_code.ts";
import { configLines } from "./printed/config_lines.ts";
import { noticeLine } from "./printed/notices.ts";
import { printProse } from "./printed/prose.ts";
import { shownConfig } from "./printed/shown_config.ts";
import type { Surroundings } from "./surroundings.ts";

/** `doorward config show`: what is in force, and where each value of it comes from. */
export async function configShow(command: ConfigCommand, here: Surroundings): Promise<number> {
  const { out, err } = here.terminal;
  const config = await loadConfig(await configSource(command.policy, here));
  const shown = shownConfig(config);
  if (command.json) out.line(JSON.stringify(shown));
  else printProse(out, configLines(shown, out.columns));
  if (!command.quiet) config.notices.forEach((notice) => err.line(...noticeLine(notice)));
  return EXIT.done;
}
