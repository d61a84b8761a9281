import { assertEquals } from "@std/assert";
import { shownBytes, shownDuration } from "../../../src/cli/audit/shown_amounts.ts";

const BYTES: readonly (readonly [number, string])[] = [
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [99_949, "99.9 kB"],
  [99_950, "100 kB"],
  [999_499, "999 kB"],
  [999_500, "1.0 MB"],
  [1_500_000_000, "1.5 GB"],
  [2e18, "2000 PB"],
];

for (const [bytes, expected] of BYTES) {
  Deno.test(`shownBytes() prints ${bytes} as ${expected}`, () => {
    assertEquals(shownBytes(bytes), expected);
  });
}

const SPANS: readonly (readonly [number, string])[] = [
  [0, "0 ms"],
  [999, "999 ms"],
  [1000, "1.0 s"],
  [99_000, "99.0 s"],
  [120_000, "2 min"],
  [9_000_000, "2.5 h"],
];

for (const [ms, expected] of SPANS) {
  Deno.test(`shownDuration() prints ${ms} as ${expected}`, () => {
    assertEquals(shownDuration(ms), expected);
  });
}
