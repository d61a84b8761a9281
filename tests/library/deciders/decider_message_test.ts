import { assertEquals, assertThrows } from "@std/assert";
import { DeciderFailure } from "../../../src/library/deciders/decider_failure.ts";
import {
  jsonObject,
  NO_REASON,
  printableReason,
  questionJson,
  readAnswer,
  REASON_CHARACTERS_MAX,
} from "../../../src/library/deciders/decider_message.ts";
import { deciderRequest } from "../../support/decider.ts";

Deno.test("questionJson() says everything that is known, in the spelling of JSON", () => {
  const request = deciderRequest({ execPolicyHint: "ask", attemptId: "7", label: "build" });
  assertEquals(JSON.parse(questionJson("d1-x", request)), {
    version: 1,
    id: "d1-x",
    host: "a.test",
    port: 443,
    protocol: "https_connect",
    method: "CONNECT",
    client_addr: "127.0.0.1:50000",
    command: "curl https://a.test/",
    exec_policy_hint: "ask",
    attempt_id: "7",
    label: "build",
    listener: "127.0.0.1:3128",
  });
});

Deno.test("questionJson() is one line that steers no terminal, whatever a command holds", () => {
  const command = "a\n\x1b[2J\u2028\u202e\r";
  const line = questionJson("d1", deciderRequest({ command }));
  assertEquals(/[\p{Cc}\p{Cf}\p{Zl}]/u.test(line), false);
  assertEquals(JSON.parse(line).command, command);
});

Deno.test("questionJson() takes 2048 characters of a command, and cuts one more", () => {
  const commandOf = (count: number) =>
    JSON.parse(questionJson("d1", deciderRequest({ command: "ä🙂".repeat(count / 2) }))).command;
  assertEquals(commandOf(2048), "ä🙂".repeat(1024));
  assertEquals(commandOf(2050), `${"ä🙂".repeat(1023)}ä…`);
});

Deno.test("jsonObject() reads objects, and nothing else", () => {
  assertEquals(jsonObject('{"a":1}'), { a: 1 });
  for (const text of ["", "[]", "null", "1", '"a"', "{", "{'a':1}", '{"a":1}{}']) {
    assertEquals(jsonObject(text), null);
  }
});

/** What is said, and what it means. */
const ANSWERS: readonly (readonly [unknown, unknown])[] = [
  [{ decision: "allow" }, { decision: "allow" }],
  [{ decision: "allow", reason: 1, more: [] }, { decision: "allow" }],
  [{ decision: "deny", reason: "no" }, { decision: "deny", reason: "no" }],
  [{ decision: "ask", reason: " a\nb " }, { decision: "ask", reason: "a b" }],
  [{ decision: "deny" }, { decision: "deny", reason: NO_REASON }],
  [{ decision: "deny", reason: " \u200b" }, { decision: "deny", reason: NO_REASON }],
];

for (const [said, answer] of ANSWERS) {
  Deno.test(`readAnswer() reads ${JSON.stringify(said)}`, () => {
    assertEquals<unknown>(readAnswer(said), answer);
  });
}

const NO_ANSWERS: readonly unknown[] = [
  undefined,
  null,
  true,
  "allow",
  ["allow"],
  {},
  { decision: true },
  { decision: "Allow" },
  { decision: ["allow"] },
  { decision: "deny", reason: 1 },
  { decision: "ask", reason: null },
];

for (const said of NO_ANSWERS) {
  Deno.test(`readAnswer() refuses ${JSON.stringify(said)}`, () => {
    assertEquals(assertThrows(() => readAnswer(said), DeciderFailure).fault, "bad_answer");
  });
}

Deno.test("printableReason() keeps 200 characters, and cuts one more", () => {
  const most = "🙂".repeat(REASON_CHARACTERS_MAX);
  assertEquals(printableReason(most), most);
  assertEquals([...printableReason(`${most}a`)].length, REASON_CHARACTERS_MAX);
  assertEquals(printableReason(`${most}a`).endsWith("🙂…"), true);
});

Deno.test("printableReason() leaves nothing that steers a terminal", () => {
  assertEquals(printableReason("a\x1b[31m\u202eb\ud800\r\nc"), "a [31m b c");
});
