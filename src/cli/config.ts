import { configSchema } from "../config/config_schema.ts";
import type { ConfigCommand } from "./argv/command.ts";
import { configShow } from "./config_show.ts";
import { EXIT } from "./exit_code.ts";
import type { Surroundings } from "./surroundings.ts";

/** `doorward config`: what is configured, and what may be. */
export async function config(command: ConfigCommand, here: Surroundings): Promise<number> {
  switch (command.action) {
    case "show":
      return await configShow(command, here);
    case "schema":
      return schema(here);
  }
}

function schema({ terminal: { out } }: Surroundings): number {
  JSON.stringify(configSchema(), null, 2).split("\n").forEach((line) => out.line(line));
  return EXIT.done;
}
