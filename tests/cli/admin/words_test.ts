import { assertEquals } from "@std/assert";
import { byteCount, duration, wallClock } from "../../../src/cli/admin/words.ts";

Deno.test("wallClock() tells the time of a place", () => {
  const seconds = Date.UTC(2026, 0, 31, 17, 5, 9) / 1000;
  assertEquals(wallClock("UTC")(seconds + 0.9), "2026-01-31 17:05:09");
  assertEquals(wallClock("Asia/Tokyo")(seconds), "2026-02-01 02:05:09");
});

Deno.test("wallClock() has no time for what is none", () => {
  assertEquals([null, 1e300, -1e300].map(wallClock("UTC")), ["-", "-", "-"]);
  assertEquals(wallClock("UTC")(8.64e12).length > 1, true);
});

/** Seconds, and how they are told. */
const DURATIONS: readonly (readonly [number | null, string])[] = [
  [null, "-"],
  [-5, "0s"],
  [0.9, "0s"],
  [119, "119s"],
  [120, "2m"],
  [7199, "119m"],
  [7200, "2h"],
  [172799, "47h"],
  [172800, "2d"],
];

for (const [seconds, expected] of DURATIONS) {
  Deno.test(`duration() tells ${seconds} as ${expected}`, () => {
    assertEquals(duration(seconds), expected);
  });
}

/** Bytes, and how they are told. */
const BYTES: readonly (readonly [number | null, string])[] = [
  [null, "-"],
  [0, "0 B"],
  [1023, "1023 B"],
  [1024, "1.0 KiB"],
  [1536, "1.5 KiB"],
  [20 * 1024, "20 KiB"],
  [1024 ** 2, "1.0 MiB"],
  [1024 ** 5, "1024 TiB"],
];

for (const [bytes, expected] of BYTES) {
  Deno.test(`byteCount() tells ${bytes} as ${expected}`, () => {
    assertEquals(byteCount(bytes), expected);
  });
}
