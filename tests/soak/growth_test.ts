import { assertEquals } from "@std/assert";
import { growth, judge, type Point } from "./growth.ts";

function points(...values: readonly number[]): Point[] {
  return values.map((value, minute) => ({ minute, value }));
}

Deno.test("growth() is the slope of a line", () => {
  assertEquals(growth(points(5, 8, 11, 14, 17, 20)), 3);
});

Deno.test("growth() looks at the second half alone", () => {
  assertEquals(growth(points(0, 50, 100, 150, 150, 150, 150, 150)), 0);
});

Deno.test("growth() is not swayed by peaks", () => {
  assertEquals(growth(points(0, 0, 0, 0, 0, 0, 0, 9, 9, 9, 90, 9, 9, 9)), 0);
});

Deno.test("growth() counts by the minute, however often was measured", () => {
  const often = [0, 0.25, 0.5, 0.75, 1, 1.25].map((minute) => ({ minute, value: 8 * minute }));
  assertEquals(growth(often), 8);
});

Deno.test("growth() of too little is no number", () => {
  assertEquals(growth([]), NaN);
  assertEquals(growth(points(3)), NaN);
});

Deno.test("judge() lets the bound pass, and no more", () => {
  const bound = { what: "memory", perMinuteMax: 2 };
  assertEquals(judge(bound, points(0, 0, 0, 2, 4, 6)), {
    line: "memory: +2.00 a minute, at most 2",
    ok: true,
  });
  assertEquals(judge(bound, points(0, 0, 0, 3, 6, 9)), {
    line: "memory: +3.00 a minute, and that is more than 2",
    ok: false,
  });
  assertEquals(judge(bound, points(9, 9, 9, 7, 6, 5)).line, "memory: -1.00 a minute, at most 2");
});

Deno.test("judge() says when it cannot tell", () => {
  const bound = { what: "memory", perMinuteMax: 2 };
  const tooShort = { line: "memory: too short to tell", ok: true };
  assertEquals(judge(bound, []), tooShort);
  assertEquals(judge(bound, points(1, 10, 20, 30)), tooShort);
});
