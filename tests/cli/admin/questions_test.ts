import { assertEquals } from "@std/assert";
import { isQuestionId, matching, questionLines } from "../../../src/cli/admin/questions.ts";
import { textOf } from "../../../src/cli/admin/reply_fields.ts";
import { NOW, question } from "./fake_questions.ts";

const QUESTIONS = [
  question("q1"),
  question("q2", { port: 8443 }),
  question("q3", { host: "2001:db8::1" }),
  question("q4", { host: "q1" }),
  question("q5", { host: "192.0.2.1", protocol: "http", pattern: "http://192.0.2.1:443" }),
];

/** Words, and the questions that they mean. */
const MATCHES: readonly (readonly [string, readonly string[]])[] = [
  ["q2", ["q2"]],
  // The number of a question is not a host, as long as it waits.
  ["q1", ["q1"]],
  ["q1:443", ["q4"]],
  ["q9", []],
  ["api.example.com", ["q1", "q2"]],
  ["API.Example.com.", ["q1", "q2"]],
  ["api.example.com:8443", ["q2"]],
  ["api.example.com:1", []],
  ["example.com", []],
  ["*.example.com", []],
  ["2001:db8::1", ["q3"]],
  ["2001:0db8::0:1", ["q3"]],
  ["[2001:db8::1]", ["q3"]],
  ["[2001:db8::1]:443", ["q3"]],
  ["192.0.2.1", ["q5"]],
  ["http://192.0.2.1:443", ["q5"]],
  ["192.0.2.1:443 over https_connect", []],
  ["", []],
];

for (const [text, expected] of MATCHES) {
  Deno.test(`matching() finds [${expected}] by ${JSON.stringify(text)}`, () => {
    assertEquals(matching(QUESTIONS, text).map((found) => textOf(found, "id")), [...expected]);
  });
}

Deno.test("isQuestionId() knows the form of a number", () => {
  const words = ["q1", "q123", "q", "q1a", "Q1", "q1.test", "1"];
  assertEquals(words.filter(isQuestionId), ["q1", "q123"]);
});

Deno.test("questionLines() makes a table", () => {
  const questions = [
    question("q3"),
    question("q12", { waiting: 3, command: "npm install", attempt_id: "7", port: 22 }),
  ];
  assertEquals(questionLines(questions, NOW, null), [
    [{
      style: "faint",
      text:
        "ID   HOST                 PROTOCOL       METHOD   WAITING  LEFT  FROM                                     ADDRESS",
    }],
    [
      "q3   api.example.com:443  https_connect  CONNECT  1        25s   127.0.0.1:41000                          a public address",
    ],
    [
      "q12  api.example.com:22   https_connect  CONNECT  3        25s   127.0.0.1:41000, npm install, attempt 7  a public address",
    ],
  ]);
});
