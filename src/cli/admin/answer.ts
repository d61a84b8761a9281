import type { Scope } from "../../proxy/asking/question.ts";
import type { AdminCommand } from "../argv/command.ts";
import { EXIT } from "../exit_code.ts";
import type { Surroundings } from "../surroundings.ts";
import type { AdminClient } from "./admin_client.ts";
import { AdminError } from "./admin_error.ts";
import { printLines } from "./print_lines.ts";
import { questionLines, questionPlace } from "./questions.ts";
import { type Json, objectOf, textOf } from "./reply_fields.ts";
import { lasts } from "./rule_words.ts";
import { tellError } from "./with_admin.ts";

/** What is said to questions. */
export interface Verdict {
  readonly decision: "approve" | "deny";
  readonly scope: Scope;
}

/** Answers each of these questions alike; several are listed first. Resolves to the exit code. */
export async function answerAll(
  admin: AdminClient,
  questions: readonly Json[],
  verdict: Verdict,
  command: AdminCommand,
  here: Surroundings,
): Promise<number> {
  const { out } = here.terminal;
  if (questions.length > 1 && !command.json) {
    await printLines(out, questionLines(questions, here.clock.now() / 1000, out.columns));
  }
  let code: number = EXIT.done;
  for (const question of questions) {
    const reply = await answer(admin, question, verdict).catch((error) => {
      // Somebody else was faster, or it has timed out: the others are answered all the same.
      if (!(error instanceof AdminError) || error.reply?.reason !== "not_pending") throw error;
      tellError(error, command.json, here);
      return null;
    });
    if (reply === null) code = EXIT.no;
    else out.line(command.json ? JSON.stringify(reply) : sentence(question, verdict, reply));
  }
  return code;
}

async function answer(admin: AdminClient, question: Json, verdict: Verdict): Promise<Json> {
  const { decision, scope } = verdict;
  return await admin.send("POST", `/pending/${encodeURIComponent(textOf(question, "id"))}`, {
    decision,
    scope: scope.kind,
    ...(scope.kind === "minutes" ? { minutes: scope.minutes } : {}),
  });
}

function sentence(question: Json, { decision, scope }: Verdict, reply: Json): string {
  const done = decision === "approve" ? "approved" : "denied";
  const place = `${textOf(question, "id")}, ${questionPlace(question)}`;
  if (scope.kind === "once") return `${done} ${place}, for the requests that wait`;
  return `${done} ${place}, ${lasts(objectOf(reply, "rule"))}`;
}
