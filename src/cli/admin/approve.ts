import type { ApproveCommand } from "../argv/command.ts";
import { EXIT } from "../exit_code.ts";
import type { Surroundings } from "../surroundings.ts";
import { answerAll } from "./answer.ts";
import { isQuestionId, matching, waitingQuestions } from "./questions.ts";
import { withAdmin } from "./with_admin.ts";

/** `doorward approve`: says yes to what waits. */
export async function approve(command: ApproveCommand, here: Surroundings): Promise<number> {
  const { target, scope } = command;
  return await withAdmin(command, here, async (admin) => {
    const asked = matching(await waitingQuestions(admin), target);
    if (asked.length > 0) {
      return await answerAll(admin, asked, { decision: "approve", scope }, command, here);
    }
    const { err } = here.terminal;
    err.line(`doorward: No question waits about "${target}": see doorward pending`);
    if (!command.quiet && !isQuestionId(target)) {
      err.line("doorward: to allow a host from now on: doorward allow HOST");
    }
    return EXIT.no;
  });
}
