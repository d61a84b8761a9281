import { assert } from "@std/assert";
import { connectingMs, DEFAULT_LIMITS } from "../../src/proxy/limits.ts";

Deno.test("every limit ends: none is zero or infinite", () => {
  for (const [name, limit] of Object.entries(DEFAULT_LIMITS)) {
    assert(Number.isSafeInteger(limit) && limit > 0, name);
  }
});

Deno.test("connectingMs() is more than its steps may take, so that they end first", () => {
  const limits = { ...DEFAULT_LIMITS, dnsMs: 1000, connectMs: 2000 };
  assert(connectingMs(limits) > 3000);
});
