import { assertEquals } from "@std/assert";
import type { Located, Scalar } from "../../../src/config/toml/located.ts";
import {
  describe,
  escapeControls,
  quote,
  withoutCredentials,
} from "../../../src/config/toml/printable.ts";
import { PLACE } from "../load.ts";

const QUOTED: readonly (readonly [string, string])[] = [
  ["", '""'],
  ["*.example.com", '"*.example.com"'],
  ['a"b\\', '"a\\"b\\\\"'],
  ["a\n\x1b[31m\0", '"a\\u000a\\u001b[31m\\u0000"'],
  ["\x7f\x9b\u2028", '"\\u007f\\u009b\\u2028"'],
  ["user\u202Eevil", '"user\\u202eevil"'],
  ["\u{e0041}", '"\\U000e0041"'],
  ["\ud800", '"\\ud800"'],
  ["é😀", '"é😀"'],
  ["x".repeat(120), `"${"x".repeat(120)}"`],
  ["x".repeat(121), `"${"x".repeat(120)}…"`],
  [`${"x".repeat(119)}😀`, `"${"x".repeat(119)}\\ud83d…"`],
  ["http://me:secret@h:1", '"http://…@h:1"'],
];

for (const [text, expected] of QUOTED) {
  Deno.test(`quote() prints ${JSON.stringify(text).slice(0, 40)}`, () => {
    assertEquals(quote(text), expected);
  });
}

Deno.test("escapeControls() leaves what it has escaped", () => {
  assertEquals(escapeControls(escapeControls("a\tb")), "a\\u0009b");
});

const CREDENTIALS: readonly (readonly [string, string])[] = [
  ["http://user:pass@h:1/p", "http://…@h:1/p"],
  ["http://token@h", "http://…@h"],
  ["user:p=a:s@h:1", "…@h:1"],
  ['network.proxy_url="http://u:p@h"', 'network.proxy_url="http://…@h"'],
  ["network.proxy_url=u:p@h", "network.proxy_url=…@h"],
  ["http://u:p/q?r#s@h:1", "http://…@h:1"],
  ["@", "@"],
  ["see http://u:p@h and http://v:p@i", "see http://…@i"],
  ["http://u:it's3cret@h", "http://…@h"],
  ['http://u:it"s s3cret@h', "http://…@h"],
  ["http://u:a@s3cret@h", "http://…@h"],
  ["u:s3//cret@h", "…@h"],
  ["key=us=er:s3cret@h", "key=…@h"],
  ["//token@h", "//…@h"],
  ["[::1]:80", "[::1]:80"],
  ["no-one@home", "no-one@home"],
];

for (const [text, expected] of CREDENTIALS) {
  Deno.test(`withoutCredentials() reads ${JSON.stringify(text)}`, () => {
    assertEquals(withoutCredentials(text), expected);
  });
}

Deno.test("withoutCredentials() takes a megabyte in its stride", () => {
  const text = "a:=/".repeat(250_000);
  assertEquals(withoutCredentials(text), text);
});

const scalar = (value: Scalar): Located => ({ kind: "scalar", place: PLACE, value });

const DESCRIBED: readonly (readonly [Located, string])[] = [
  [scalar("a\n"), '"a\\u000a"'],
  [scalar(3n), "3"],
  [scalar(10n ** 119n), `1${"0".repeat(119)}`],
  [scalar(10n ** 120n), `1${"0".repeat(119)}…`],
  [scalar(1.5), "1.5"],
  [scalar(1), "1.0"],
  [scalar(NaN), "nan"],
  [scalar(Infinity), "inf"],
  [scalar(-Infinity), "-inf"],
  [scalar(false), "false"],
  [scalar(new Date(0)), "a date"],
  [{ kind: "list", place: PLACE, items: [] }, "an empty list"],
  [{ kind: "list", place: PLACE, items: [scalar(1n)] }, "a list"],
  [{ kind: "table", place: PLACE, entries: new Map() }, "a table"],
];

for (const [value, expected] of DESCRIBED) {
  Deno.test(`describe() says ${expected}`, () => {
    assertEquals(describe(value), expected);
  });
}
