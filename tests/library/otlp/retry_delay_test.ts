import { assertEquals } from "@std/assert";
import { parseRetryAfter, retryDelay } from "../../../src/library/otlp/retry_delay.ts";

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

/** Values of Retry-After, and the milliseconds that they mean. */
const VALUES: readonly (readonly [string | undefined, number | null])[] = [
  [undefined, null],
  ["", null],
  ["0", 0],
  [" 7 ", 7000],
  ["9999999999", 9_999_999_999_000],
  ["99999999999", null],
  ["-1", null],
  ["1.5", null],
  ["1e9", null],
  ["soon", null],
  ["2026", 2_026_000],
  ["Fri, 02 Jan 2026 03:04:35 GMT", 30_000],
  ["Friday, 02-Jan-26 03:04:06 GMT", 1000],
  ["Fri Jan  2 03:04:06 2026 GMT", 1000],
  ["Fri, 02 Jan 2026 03:04:04 GMT", 0],
  ["2026-01-02T03:05:00Z", null],
  ["Fri, 99 Jan 2026", null],
];

for (const [value, expected] of VALUES) {
  Deno.test(`parseRetryAfter() reads ${JSON.stringify(value)} as ${expected}`, () => {
    assertEquals(parseRetryAfter(value, NOW), expected);
  });
}

Deno.test("retryDelay() doubles, and is spread by a quarter", () => {
  assertEquals([0, 1, 2, 3, 4].map((retry) => retryDelay(retry, null, 0.5)), [
    1000,
    2000,
    4000,
    8000,
    16_000,
  ]);
  assertEquals([retryDelay(0, null, 0), retryDelay(0, null, 1)], [750, 1250]);
});

Deno.test("retryDelay() is what the collector asks for, and never more than a minute", () => {
  assertEquals([0, 5000, 60_000, 60_001].map((ms) => retryDelay(3, ms, 0.5)), [
    0,
    5000,
    60_000,
    60_000,
  ]);
  assertEquals(retryDelay(20, null, 1), 60_000);
});
