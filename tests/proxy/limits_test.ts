import { assert, assertEquals } from "@std/assert";
import {
  connectingMs,
  DEFAULT_LIMITS,
  limitKey,
  limitWords,
  shareOfOne,
} from "../../src/proxy/limits.ts";

Deno.test("every limit ends: none is zero or infinite", () => {
  for (const [name, limit] of Object.entries(DEFAULT_LIMITS)) {
    assert(Number.isSafeInteger(limit) && limit > 0, name);
  }
});

Deno.test("connectingMs() is more than its steps may take, so that they end first", () => {
  const limits = { ...DEFAULT_LIMITS, dnsMs: 1000, connectMs: 2000 };
  assert(connectingMs(limits) > 3000);
});

Deno.test("shareOfOne() leaves a quarter to the others, and one place to whoever is alone", () => {
  assertEquals([1, 2, 3, 4, 8192].map(shareOfOne), [1, 2, 3, 3, 6144]);
  assertEquals(DEFAULT_LIMITS.connectionsPerClient, shareOfOne(DEFAULT_LIMITS.connections));
});

Deno.test("limitKey() and limitWords() name a limit as the configuration does", () => {
  assertEquals([limitKey("headMs"), limitKey("udpDestinations"), limitKey("questions")], [
    "head_seconds",
    "udp_destinations",
    "questions",
  ]);
  assertEquals(limitWords("connectionsPerClient"), "connections_per_client under [network.limits]");
});
