import type { PendingCommand } from "../argv/command.ts";
import { EXIT } from "../exit_code.ts";
import { wrap } from "../printed/prose.ts";
import { warningLine } from "../printed/notices.ts";
import type { Surroundings } from "../surroundings.ts";
import type { AdminClient } from "./admin_client.ts";
import { follow } from "./follow.ts";
import { printLines } from "./print_lines.ts";
import { questionLines, questionPlace, waitingQuestions } from "./questions.ts";
import { type Json, objectOf, objectsOf, textOf } from "./reply_fields.ts";
import { withAdmin } from "./with_admin.ts";

/** `doorward pending`: the questions that wait for an answer. */
export async function pending(command: PendingCommand, here: Surroundings): Promise<number> {
  const { out, err } = here.terminal;
  return await withAdmin(command, here, async (admin) => {
    if (command.follow) return await watch(admin, command, here);
    const reply = await admin.get("/pending");
    if (command.json) {
      out.line(JSON.stringify(reply));
      return EXIT.done;
    }
    const questions = objectsOf(reply, "pending");
    if (questions.length > 0) {
      await printLines(out, questionLines(questions, nowSeconds(here), out.columns));
    } else if (!command.quiet) err.line("doorward: No question waits");
    return EXIT.done;
  });
}

/** The questions that wait, then what is asked and answered. */
async function watch(
  admin: AdminClient,
  command: PendingCommand,
  here: Surroundings,
): Promise<number> {
  const { out, err } = here.terminal;
  const listed = new Set<string>();
  const print = async (event: Json): Promise<void> => {
    if (command.json) return await printLines(out, [[JSON.stringify(event)]]);
    const text = eventText(event);
    if (text !== null) await printLines(out, wrap([text], out.columns));
  };
  return await follow(admin, "/events?types=pending", here, {
    opened: async () => {
      for (const question of await waitingQuestions(admin)) {
        listed.add(textOf(question, "id"));
        await print({ type: "pending", state: "asked", question });
      }
    },
    each: async (type, data) => {
      if (type === "dropped") err.line(...warningLine(`${textOf(data, "count")} events were lost`));
      if (type !== "pending") return;
      const isListed = listed.has(textOf(objectOf(data, "question"), "id"));
      if (!isListed || textOf(data, "state") !== "asked") await print(data);
    },
  });
}

/** One line for people; null for what changes nothing for them. */
function eventText(event: Json): string | null {
  const question = objectOf(event, "question");
  const name = `${textOf(question, "id")}  ${questionPlace(question)}`;
  const state = textOf(event, "state");
  switch (state) {
    case "asked":
      return `${name}  ${textOf(question, "protocol")} ${textOf(question, "method")}, from ${
        textOf(question, "client")
      }, ${textOf(question, "address_class")}`;
    case "joined":
      return null;
    case "answered":
      return `${name}  ${textOf(event, "decision")}, ${textOf(event, "scope")}, by ${
        textOf(event, "by")
      }`;
    case "timed_out":
      return `${name}  nobody answered in time`;
    case "cancelled":
      return `${name}  is no longer asked`;
    default:
      return `${name}  ${state}`;
  }
}

function nowSeconds({ clock }: Surroundings): number {
  return clock.now() / 1000;
}
