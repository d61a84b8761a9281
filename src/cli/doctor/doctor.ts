// `doorward doctor`: looks at this machine, tells what is wrong and what mends it. It changes nothing, runs no
// program, and sends nothing but one DNS question beyond this machine.
import { Deadlines } from "../../net/time/deadlines.ts";
import type { DoctorCommand } from "../argv/command.ts";
import { EXIT } from "../exit_code.ts";
import { printProse } from "../printed/prose.ts";
import type { Surroundings } from "../surroundings.ts";
import { CHECKS } from "./checks.ts";
import { examine } from "./examine.ts";
import { reportJson, reportLines } from "./report.ts";
import { situate } from "./situate.ts";

/** Runs every check, and tells what each found. */
export async function doctor(command: DoctorCommand, here: Surroundings): Promise<number> {
  const deadlines = new Deadlines(here.clock, (error) => reportError(error));
  try {
    const situation = await situate(command.policy, here, deadlines);
    const examined = await examine(CHECKS, situation);
    const { out } = here.terminal;
    if (command.json) out.line(JSON.stringify(reportJson(examined)));
    else printProse(out, reportLines(examined, command.quiet));
    if (examined.some(({ isBroken }) => isBroken)) return EXIT.failed;
    const isWell = examined.every(({ findings }) =>
      findings.every(({ level }) => level !== "fault")
    );
    return isWell ? EXIT.done : EXIT.no;
  } finally {
    deadlines.stop();
  }
}
