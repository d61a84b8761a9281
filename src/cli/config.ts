import { configSchema } from "../config/config_schema.ts";
import type { ConfigCommand } from "./argv/command.ts";
import { EXIT } from "./exit_code.ts";
import type { Surroundings } from "./surroundings.ts";

/** `doorward config`: what a configuration is made of. */
export function config(command: ConfigCommand, here: Surroundings): number {
  switch (command.action) {
    case "schema":
      return schema(here);
  }
}

function schema({ terminal: { out } }: Surroundings): number {
  JSON.stringify(configSchema(), null, 2).split("\n").forEach((line) => out.line(line));
  return EXIT.done;
}
