import { assert, assertEquals } from "@std/assert";
import { printable, shown, shownHost, titleOf } from "../../../src/admin/dashboard/printable.js";

Deno.test("printable() escapes what steers a terminal or turns a line around", () => {
  const rows: [string, string][] = [
    ["api.example.com", "api.example.com"],
    ["a\u202egnp.exe", "a\\u202egnp.exe"],
    ["\u001b[31mred\u0007", "\\u001b[31mred\\u0007"],
    ["a\r\nb\tc\0", "a\\u000d\\u000ab\\u0009c\\u0000"],
    ["zero\u200bwidth\u2066", "zero\\u200bwidth\\u2066"],
    ["tag\u{e0041}", "tag\\U000e0041"],
    ["half\ud800", "half\\ud800"],
    ["\u2028\u2029\u0085", "\\u2028\\u2029\\u0085"],
    ["<script>שלום", "<script>שלום"],
  ];
  for (const [text, expected] of rows) assertEquals(printable(text), expected);
});

Deno.test("shown() cuts what is longer than 200 characters", () => {
  assertEquals(shown("x".repeat(200)), "x".repeat(200));
  assertEquals(shown("x".repeat(201)), "x".repeat(199) + "…");
});

Deno.test("shown() counts the characters of escapes", () => {
  assertEquals(shown("\u202e".repeat(200)).length, 200);
});

Deno.test("shownHost() keeps the end of a host, which says whose it is", () => {
  const cut = shownHost(`trusted.example.${"x".repeat(10_000)}.attacker.example`);
  assertEquals(cut.length, 200);
  assert(cut.startsWith("trusted.example."));
  assert(cut.endsWith(".attacker.example"));
});

Deno.test("shownHost() leaves a host alone that fits", () => {
  assertEquals(shownHost("x".repeat(200)), "x".repeat(200));
  assertEquals(shownHost("x".repeat(201)).length, 200);
});

Deno.test("titleOf() has more than is shown, and an end", () => {
  assertEquals(titleOf("\u202ex"), "\\u202ex");
  assertEquals(titleOf("x".repeat(10_000)).length, 2000);
});
