import { assertEquals } from "@std/assert";
import { printProse, widthOf, wrap } from "../../../src/cli/printed/prose.ts";
import { type Line, paint } from "../../../src/cli/printed/terminal.ts";
import { plainText } from "../../support/plain_text.ts";

/** A line, how wide the window is, and the rows that come of it. */
const WRAPPED: readonly (readonly [Line, number | null, readonly string[]])[] = [
  [["as long as it takes, without a window"], null, ["as long as it takes, without a window"]],
  [["it fits as it is"], 16, ["it fits as it is"]],
  [["one more than fits"], 17, ["one more than", "  fits"]],
  [["  policy  the text stands below the text"], 30, [
    "  policy  the text stands",
    "          below the text",
  ]],
  [["  start, run  a label of two words has one, too"], 40, [
    "  start, run  a label of two words has",
    "              one, too",
  ]],
  [["  a very long label for so little room  text that follows it"], 40, [
    "  a very long label for so little room",
    "      text that follows it",
  ]],
  [["  for a word  x https://a.test/that/is/long"], 30, [
    "  for a word",
    "      x",
    "      https://a.test/that/is/long",
  ]],
  [["a-word-that-is-longer-than-all and more"], 20, [
    "a-word-that-is-longer-than-all",
    "  and more",
  ]],
  [["words ", paint("good", "of a style"), ", and a comma"], 12, [
    "words of a",
    "  style, and",
    "  a comma",
  ]],
  [["to copy: ", paint("copy", 'eval "$(env)"'), " and so on"], 16, [
    "to copy:",
    '  eval "$(env)"',
    "  and so on",
  ]],
  [["to copy: ", paint("copy", "x".repeat(16))], 16, ["to copy:", "x".repeat(16)]],
  [["to copy: ", paint("copy", "x y".repeat(16))], 16, ["to copy:", `  ${"x y".repeat(16)}`]],
  [[], 10, [""]],
];

for (const [line, columns, rows] of WRAPPED) {
  Deno.test(`wrap() makes of "${plainText(line)}" ${rows.length} rows of ${columns}`, () => {
    assertEquals(wrap(line, columns).map(plainText), rows);
  });
}

Deno.test("wrap() keeps the styles, and what is to be copied in one piece", () => {
  const line: Line = ["a ", paint("bad", "b c"), " d ", paint("copy", "e  f")];
  assertEquals(wrap(line, 7), [
    ["a", " ", paint("bad", "b c"), " ", "d"],
    ["  ", paint("copy", "e  f")],
  ]);
});

Deno.test("wrap() begins rows where it is told", () => {
  assertEquals(wrap(["one two"], 4, 0).map(plainText), ["one", "two"]);
});

Deno.test("widthOf() measures what is printed", () => {
  assertEquals(widthOf("\x1b[2J"), "\\u001b[2J".length);
  assertEquals(widthOf(paint("faint", "😀…")), 2);
});

Deno.test("printProse() prints a row a line", () => {
  const printed: string[] = [];
  const out = {
    columns: 8,
    line: (...parts: Line) => printed.push(plainText(parts)) > 0,
  };
  printProse(out, [["one two three"], ["four"]]);
  assertEquals(printed, ["one two", "  three", "four"]);
});
