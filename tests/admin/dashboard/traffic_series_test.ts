import { assertEquals } from "@std/assert";
import {
  outline,
  SPAN_SECONDS,
  trafficSeries,
  trafficWords,
} from "../../../src/admin/dashboard/traffic_series.js";

Deno.test("trafficSeries() has a value for each of the last 300 seconds", () => {
  const { requests, blocked } = trafficSeries([
    { at: 700, requests: 9, blocked: 9 },
    { at: 701, requests: 1, blocked: 0 },
    { at: 1000, requests: 5, blocked: 2 },
    { at: 1001, requests: 9, blocked: 9 },
  ], 1000.9);
  assertEquals(requests.length, SPAN_SECONDS);
  assertEquals([requests[0], requests[1], requests.at(-1)], [1, 0, 5]);
  assertEquals(blocked.reduce((sum, value) => sum + value), 2);
});

Deno.test("trafficWords() says what the chart shows", () => {
  assertEquals(
    trafficWords({ requests: [1, 5, 0], blocked: [0, 2, 0] }),
    "The last five minutes. Requests: 6, at most 5 a second. Blocked: 2, at most 2 a second.",
  );
});

Deno.test("outline() goes through every value", () => {
  assertEquals(outline([1, 3], (index) => index * 10, (value) => 5 - value), "M0.0,4.0L10.0,2.0");
});
