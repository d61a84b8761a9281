// What is in audit files: whether they are whole, what they come to, what a line is.
import { AUDIT_SCHEMA } from "../../audit/audit_schema.ts";
import type { AuditCommand } from "../argv/command.ts";
import { EXIT } from "../exit_code.ts";
import type { Surroundings } from "../surroundings.ts";
import { summarize } from "./summarize.ts";
import { verify } from "./verify.ts";

/** `doorward audit`. */
export async function audit(command: AuditCommand, here: Surroundings): Promise<number> {
  switch (command.action) {
    case "verify":
      return await verify(command, here);
    case "summary":
      return await summarize(command, here);
    case "schema":
      return schema(here);
  }
}

function schema({ terminal: { out } }: Surroundings): number {
  JSON.stringify(AUDIT_SCHEMA, null, 2).split("\n").forEach((line) => out.line(line));
  return EXIT.done;
}
