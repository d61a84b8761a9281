import { assertEquals } from "@std/assert";
import { escapeControls, unicodeEscape } from "../../../src/cli/printed/escape_controls.ts";

/** What text from outside may try, and what is printed of it. */
const ESCAPED: readonly (readonly [string, string])[] = [
  ["plain: ä € 😀 \\n", "plain: ä € 😀 \\n"],
  ["\x1b[2Jgone", "\\u001b[2Jgone"],
  ["one\ntwo\r\n", "one\\u000atwo\\u000d\\u000a"],
  ["\x7f\x9b31m", "\\u007f\\u009b31m"],
  ["evil\u202egpj.exe", "evil\\u202egpj.exe"],
  ["\u2028\u2029\ufeff", "\\u2028\\u2029\\ufeff"],
  ["\u{e0041}", "\\udb40\\udc41"],
];

for (const [text, printed] of ESCAPED) {
  Deno.test(`escapeControls() prints ${JSON.stringify(text)} as ${printed}`, () => {
    assertEquals(escapeControls(text), printed);
  });
}

Deno.test("escapeControls() leaves JSON meaning what it meant", () => {
  const value = { text: "a\x7f\u202e\u{e0041}\n" };
  assertEquals(JSON.parse(escapeControls(JSON.stringify(value))), value);
});

Deno.test("unicodeEscape() writes two code units as two", () => {
  assertEquals(["<", "\u{e0041}"].map(unicodeEscape), ["\\u003c", "\\udb40\\udc41"]);
});
