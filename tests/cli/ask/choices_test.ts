import { assertEquals } from "@std/assert";
import { answerWords, type Choice, readChoice } from "../../../src/cli/ask/choices.ts";
import type { Answer, Scope } from "../../../src/proxy/asking/question.ts";

function choice(decision: Answer["decision"], scope: Scope): Choice {
  return { kind: "answer", answer: { decision, scope, by: "terminal" } };
}

const UNKNOWN: Choice = { kind: "unknown" };

/** Lines, and what they mean. */
const LINES: readonly (readonly [string, Choice])[] = [
  ["o", choice("approve", { kind: "once" })],
  ["t", choice("approve", { kind: "minutes", minutes: 10 })],
  ["1", choice("approve", { kind: "minutes", minutes: 10 })],
  ["r", choice("approve", { kind: "run" })],
  ["a", choice("approve", { kind: "always" })],
  [" a\r", choice("approve", { kind: "always" })],
  ["d", choice("deny", { kind: "once" })],
  ["", choice("deny", { kind: "once" })],
  ["D", choice("deny", { kind: "always" })],
  ["?", { kind: "details" }],
  ["A", UNKNOWN],
  ["y", UNKNOWN],
  ["oo", UNKNOWN],
  ["or not", UNKNOWN],
  ["toString", UNKNOWN],
  ["\x1b[Ao", UNKNOWN],
];

for (const [line, expected] of LINES) {
  Deno.test(`readChoice() reads ${JSON.stringify(line)}`, () => {
    assertEquals(readChoice(line), expected);
  });
}

/** Scopes, in words. */
const WORDS: readonly (readonly [Scope, string])[] = [
  [{ kind: "once" }, "allowed this once"],
  [{ kind: "minutes", minutes: 10 }, "allowed for 10 minutes"],
  [{ kind: "run" }, "allowed until Doorward ends"],
  [{ kind: "always" }, "allowed from now on"],
];

for (const [scope, words] of WORDS) {
  Deno.test(`answerWords() says ${words}`, () => {
    assertEquals(answerWords({ decision: "approve", scope, by: "terminal" }), words);
  });
}

Deno.test("answerWords() says that something is denied", () => {
  const answer: Answer = { decision: "deny", scope: { kind: "once" }, by: "terminal" };
  assertEquals(answerWords(answer), "denied this once");
});
