import { DeciderFailure } from "../../../src/library/deciders/decider_failure.ts";
import {
  jsonObject,
  readAnswer,
  REASON_CHARACTERS_MAX,
} from "../../../src/library/deciders/decider_message.ts";
import { LineSplitter } from "../../../src/library/deciders/line_splitter.ts";
import { pieces } from "../../support/random.ts";
import { expect, expectSame, expectSentence } from "../expect.ts";
import { chanceOf, type FuzzTarget } from "../target.ts";

const LINE_BYTES_MAX = 200;

/** What steers a terminal, or ends or reorders a line. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** The lines of a program that decides, and the answers in them. */
export const DECIDER_ANSWER: FuzzTarget = {
  name: "decider_answer",
  kind: "text",
  words: [
    ...[
      '{"decision":"allow"}',
      '{"decision":"deny","reason":"x"}',
      '"decision"',
      '"reason"',
      ":",
      ",",
      "{",
      "}",
      '"',
    ],
    ...[
      "allow",
      "deny",
      "ask",
      "null",
      "1",
      "[]",
      "\n",
      "\r\n",
      "\\n",
      "\\u001b",
      "\\u202e",
      "\\ud800",
      "\\u2028",
    ],
    ...["__proto__", "toString", "x".repeat(150), "\u{1f600}".repeat(60), "\ufeff", '{"id":"1",'],
  ],
  any(random) {
    const reason = random.pick([
      "no",
      "",
      "a\nb",
      "\x1b[2J",
      "\u202e",
      "x".repeat(300),
      "\ud83d",
      1,
      null,
    ]);
    const decision = random.pick(["allow", "deny", "ask", "DENY", "", null, {}]);
    const line = JSON.stringify(
      random.pick([{ decision, reason }, { decision }, [decision], decision]),
    );
    return `${line}${random.pick(["", "\n", "\r\n", `\n${line}\n`])}`;
  },
  check(input) {
    const bytes = new TextEncoder().encode(input);
    const whole = linesOf([bytes]);
    const chance = chanceOf(input);
    const cut = pieces(chance, "x".repeat(bytes.length)).map(({ length }) => length);
    let at = 0;
    const parts = cut.map((length) => bytes.slice(at, at += length));
    expectSame(linesOf(parts), whole, "lines that come in pieces");
    for (const { text } of whole) {
      expect(text.length <= LINE_BYTES_MAX && !text.includes("\n"), "a line is one, and bounded");
    }
    for (const text of [input, ...whole.map(({ text }) => text)]) checkAnswer(text);
  },
};

function linesOf(parts: readonly Uint8Array[]) {
  const splitter = new LineSplitter(LINE_BYTES_MAX);
  const lines = parts.flatMap((part) => [...splitter.push(part)]);
  const last = splitter.last();
  return last === null ? lines : [...lines, last];
}

function checkAnswer(text: string): void {
  const value = jsonObject(text);
  if (value === null) return;
  try {
    const answer = readAnswer(value);
    expectSame(answer.decision, value["decision"], "the decision is what was said");
    if (answer.decision === "allow") return;
    const reason = answer.reason ?? "";
    expect([...reason].length <= REASON_CHARACTERS_MAX && reason !== "", "a reason is short");
    expect(!UNSAFE.test(reason), "a reason is one line");
  } catch (error) {
    if (!(error instanceof DeciderFailure)) throw error;
    expectSame(error.fault, "bad_answer", "the fault of an answer");
    expectSentence(error.message);
  }
}
