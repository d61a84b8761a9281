import { assertEquals, assertMatch } from "@std/assert";
import {
  axisTop,
  bytesWords,
  counted,
  countWords,
  durationWords,
  timeWords,
} from "../../../src/admin/dashboard/quantities.js";

Deno.test("bytesWords() uses the unit that fits", () => {
  assertEquals(
    [0, 999, 1000, 12_345, 999_900, 1_500_000, 2e9, 5e15].map(bytesWords),
    ["0 B", "999 B", "1.0 kB", "12.3 kB", "1000 kB", "1.5 MB", "2.0 GB", "5000 TB"],
  );
});

Deno.test("durationWords() says the two largest units", () => {
  assertEquals(
    [-3, 0, 59.9, 60, 3599, 3600, 90_000].map(durationWords),
    ["0 s", "0 s", "59 s", "1 min 0 s", "59 min 59 s", "1 h 0 min", "1 d 1 h"],
  );
});

Deno.test("countWords() sets thousands apart", () => {
  assertEquals(countWords(1_234_567), "1\u2009234\u2009567");
});

Deno.test("counted() has a plural", () => {
  assertEquals([0, 1, 2].map((count) => counted(count, "rule")), ["0 rules", "1 rule", "2 rules"]);
});

Deno.test("timeWords() is a time of day", () => {
  assertMatch(timeWords(1_700_000_000.25), /^\d\d:\d\d:\d\d$/);
});

Deno.test("axisTop() is never below the value, and can be halved", () => {
  assertEquals([NaN, 0, 4, 5, 6, 7, 9, 11, 31, 61, 99, 5001].map(axisTop), [
    ...[4, 4, 4, 6, 6, 8, 10, 20, 40, 80, 100, 6000],
  ]);
});
