import { assertEquals } from "@std/assert";
import { shownWord } from "../../src/policy/shown_word.ts";

Deno.test("shownWord() shows short tokens, and something else for all other text", () => {
  const table: [string, string][] = [
    ["GET", "GET"],
    ["x-http-method", "x-http-method"],
    ["", "it"],
    ["GET ", "it"],
    ["G\u001b[2J", "it"],
    ["G\u00c9T", "it"],
    ["A".repeat(40), "A".repeat(40)],
    ["A".repeat(41), "it"],
  ];
  for (const [text, shown] of table) assertEquals(shownWord(text, "it"), shown, text);
});
