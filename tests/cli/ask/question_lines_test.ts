import { assert, assertEquals } from "@std/assert";
import {
  choicesLine,
  cutMiddle,
  placeOf,
  questionLines,
} from "../../../src/cli/ask/question_lines.ts";
import type { Line } from "../../../src/cli/printed/terminal.ts";
import type { Question } from "../../../src/proxy/asking/question.ts";
import { aQuestion } from "./a_question.ts";

function plain(lines: readonly Line[]): string[] {
  return lines.map((line) =>
    line.map((part) => typeof part === "string" ? part : part.text).join("")
  );
}

function lines(parts: Partial<Question>): string[] {
  return plain(questionLines(aQuestion(parts)));
}

Deno.test("questionLines() says who wants to go where, and what would be allowed", () => {
  assertEquals(lines({}), [
    "",
    "doorward asks: may a program reach api.example.com:443 (https_connect, CONNECT)?",
    "  from     127.0.0.1:41230",
    "  address  a name, not looked up yet",
    "  rule     api.example.com:443 over https_connect",
  ]);
});

Deno.test("questionLines() names the command, the attempt, and how many wait", () => {
  const [, , from] = lines({ command: "npm install", attempt: "abc", waiting: 3 });
  assertEquals(
    from,
    "  from     127.0.0.1:41230, command npm install, attempt abc, 3 requests wait",
  );
});

Deno.test("questionLines() shows an encoded name as it is, and warns", () => {
  const shown = lines({ host: "www.xn--pple-43d.com" });
  assert(shown[1]!.includes(" www.xn--pple-43d.com:443 "));
  assertEquals(
    shown.at(-1),
    "  warning  this name is an encoding of other letters (xn--)",
  );
  assertEquals(lines({ host: "notxn--a.com" }).length, 5);
});

Deno.test("questionLines() keeps the end of a long name, whoever chose what is before it", () => {
  const owner = `${"e".repeat(63)}.co.uk`;
  const host = `${"www.apple.com.".repeat(10)}${owner}`;
  const shown = lines({ host, pattern: `${host}:443 over https_connect` });
  assert(shown[1]!.includes(`.${owner}:443 (`));
  assert(shown[4]!.endsWith(`.${owner}:443 over https_connect`));
  assert(shown.every((line) => line.length < 220));
});

Deno.test("questionLines() cuts whatever else is long", () => {
  const long = "x".repeat(10_000);
  const shown = lines({ method: long, command: long, attempt: long });
  assert(shown.every((line) => line.length < 240));
});

Deno.test("placeOf() puts an IPv6 address in brackets", () => {
  assertEquals(placeOf(aQuestion({ host: "2001:db8::1", port: 80 })), "[2001:db8::1]:80");
});

/** Text, how long it may be, and what is left. */
const CUTS: readonly (readonly [string, number, string])[] = [
  ["abcdefghij", 10, "abcdefghij"],
  ["abcdefghijk", 10, "abc…fghijk"],
  ["", 10, ""],
];

for (const [text, max, left] of CUTS) {
  Deno.test(`cutMiddle() leaves "${left}" of "${text}"`, () => {
    assertEquals(cutMiddle(text, max), left);
  });
}

Deno.test("choicesLine() says the answers and the time that is left", () => {
  assertEquals(plain([choicesLine(30)]), [
    "  [o]nce  [t]en minutes  this [r]un  [a]lways  [d]eny  [D]eny always  [?] why" +
    "  (30 s, Enter: deny)",
  ]);
});
