import type { DenyCommand } from "../argv/command.ts";
import { EXIT } from "../exit_code.ts";
import type { Surroundings } from "../surroundings.ts";
import { answerAll } from "./answer.ts";
import { isQuestionId, matching, waitingQuestions } from "./questions.ts";
import { addRule, removeRule } from "./rule_change.ts";
import { withAdmin } from "./with_admin.ts";

/** `doorward deny`: says no to what waits, else from now on. */
export async function deny(command: DenyCommand, here: Surroundings): Promise<number> {
  const { target, scope } = command;
  return await withAdmin(command, here, async (admin) => {
    if (command.remove) {
      const change = { list: "deny", pattern: target, always: scope?.kind === "always" } as const;
      return await removeRule(admin, change, command, here);
    }
    const asked = matching(await waitingQuestions(admin), target);
    if (asked.length > 0) {
      const verdict = { decision: "deny", scope: scope ?? { kind: "once" } } as const;
      return await answerAll(admin, asked, verdict, command, here);
    }
    // A question that has just been answered must not become a rule for a host of that name.
    if (isQuestionId(target) || scope?.kind === "once") {
      const { err } = here.terminal;
      err.line(`doorward: No question waits about "${target}": see doorward pending`);
      return EXIT.no;
    }
    const change = { list: "deny", pattern: target, scope: scope ?? { kind: "run" } } as const;
    return await addRule(admin, change, command, here);
  });
}
