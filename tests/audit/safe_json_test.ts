import { assertEquals } from "@std/assert";
import { safeJson } from "../../src/audit/safe_json.ts";

/** Texts, and how they are written: what is simply visible stays, everything else is an escape. */
const TEXTS: readonly (readonly [string, string])[] = [
  ["a", '"a"'],
  ["é ü 日本 😀", '"é ü 日本 😀"'],
  ['"\\', '"\\"\\\\"'],
  ["\n\t\0", '"\\n\\t\\u0000"'],
  ["\u001b[2J", '"\\u001b[2J"'],
  ["\u007f\u0085\u009b", '"\\u007f\\u0085\\u009b"'],
  ["\u2028\u2029", '"\\u2028\\u2029"'],
  ["\u202e\u2066\u200b\ufeff\u00ad", '"\\u202e\\u2066\\u200b\\ufeff\\u00ad"'],
  // Two units of one character: a tag, by which text is hidden.
  ["\u{e0041}", '"\\udb40\\udc41"'],
  // Half a character.
  ["\ud800", '"\\ud800"'],
];

for (const [text, json] of TEXTS) {
  Deno.test(`safeJson() writes ${json}`, () => {
    assertEquals(safeJson(text), json);
    assertEquals(JSON.parse(json), text);
  });
}

Deno.test("safeJson() writes objects on one line, their keys like their values", () => {
  const value = { "a\u2028b": [1, null, "\r\n"] };
  assertEquals(safeJson(value), '{"a\\u2028b":[1,null,"\\r\\n"]}');
});
