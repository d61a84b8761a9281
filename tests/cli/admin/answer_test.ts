import { assertEquals } from "@std/assert";
import { answerAll } from "../../../src/cli/admin/answer.ts";
import type { AdminClient } from "../../../src/cli/admin/admin_client.ts";
import { AdminError } from "../../../src/cli/admin/admin_error.ts";
import { parseCommand } from "../../../src/cli/argv/args.ts";
import type { AdminCommand } from "../../../src/cli/argv/command.ts";
import { fakeSurroundings } from "../fake_surroundings.ts";
import { question } from "./fake_questions.ts";

const COMMAND = parseCommand(["approve", "a.test"]) as AdminCommand;

Deno.test("answerAll() answers every question, in order, and tells each", async () => {
  const asked: string[] = [];
  const admin: AdminClient = {
    url: "http://127.0.0.1:8080",
    get: () => Promise.resolve({}),
    events: () => Promise.resolve(),
    send: (_method, path) => {
      asked.push(path);
      const json = {};
      return path.endsWith("q1")
        ? Promise.reject(new AdminError(1, ["gone"], { status: 404, reason: "not_pending", json }))
        : Promise.resolve(json);
    },
  };
  const here = fakeSurroundings();
  const verdict = { decision: "deny", scope: { kind: "once" } } as const;
  const questions = [question("q1"), question("q2")];
  assertEquals(await answerAll(admin, questions, verdict, COMMAND, here), 1);
  assertEquals(await answerAll(admin, [question("q2")], verdict, COMMAND, here), 0);
  assertEquals(asked, ["/pending/q1", "/pending/q2", "/pending/q2"]);
  await here.terminal.err.flush();
  assertEquals(here.printed().err, "doorward: gone\n");
});
