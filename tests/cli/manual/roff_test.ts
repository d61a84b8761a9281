import { assertEquals } from "@std/assert";
import {
  bold,
  entry,
  example,
  italic,
  paragraphs,
  roffText,
} from "../../../src/cli/manual/roff.ts";

/** Text, and how it is written so that it is printed as it is. */
const TEXTS: readonly (readonly [string, string])[] = [
  ["plain words", "plain words"],
  ["--mode", "\\-\\-mode"],
  ["C:\\new", "C:\\enew"],
  [".doorward/config.toml", "\\&.doorward/config.toml"],
  ["a.b", "a.b"],
  ["'*.github.com'", "\\(aq*.github.com\\(aq"],
  ['eval "$(doorward env)"', "eval \\(dq$(doorward env)\\(dq"],
  ["`a` ^b ~c", "\\(gaa\\(ga \\(hab \\(tic"],
  ["FILE…", "FILE\\[u2026]"],
  ["one\n.two", "one\n\\&.two"],
];

for (const [text, written] of TEXTS) {
  Deno.test(`roffText() writes ${JSON.stringify(text)}`, () => {
    assertEquals(roffText(text), written);
  });
}

Deno.test("bold(), italic() and entry() escape what they are given", () => {
  assertEquals(bold("-q"), "\\fB\\-q\\fR");
  assertEquals(italic(".x"), "\\fI\\&.x\\fR");
  assertEquals(entry(bold("-q"), "isn't"), [".TP", "\\fB\\-q\\fR", "isn\\(aqt"]);
});

Deno.test("paragraphs() tells paragraphs from lines that are kept", () => {
  const lines = ["one", "two", "", "three:", "", "  keep -x", "  .keep", "", "four"];
  assertEquals(paragraphs(lines), [
    "one",
    "two",
    ".PP",
    "three:",
    ...example(["keep -x", ".keep"]),
    ".PP",
    "four",
  ]);
});

Deno.test("paragraphs() ends with lines that are kept, and has none of nothing", () => {
  assertEquals(paragraphs(["  a"]), example(["a"]));
  assertEquals(paragraphs([]), []);
});
