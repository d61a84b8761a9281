import { assert, assertEquals, assertMatch } from "@std/assert";
import { connectingMs, DEFAULT_LIMITS, LIMIT_KEYS } from "../../src/proxy/limits.ts";

Deno.test("LIMIT_KEYS names every limit once, in snake case with its unit", () => {
  const fields = Object.values(LIMIT_KEYS).map((key) => key.field);
  assertEquals([...fields].sort(), Object.keys(DEFAULT_LIMITS).sort());
  for (const [name, key] of Object.entries(LIMIT_KEYS)) {
    assertMatch(name, /^[a-z]+(_[a-z]+)*$/);
    assertEquals(name.endsWith("_seconds"), key.seconds, name);
    assertEquals(key.field.endsWith("Ms"), key.seconds, name);
  }
});

Deno.test("every limit ends: none is zero or infinite, and each default is within its bounds", () => {
  for (const [name, { min, max, fallback }] of Object.entries(LIMIT_KEYS)) {
    assert(min >= 1 && min <= fallback && fallback <= max, name);
    assert(Number.isSafeInteger(max), name);
  }
});

Deno.test("DEFAULT_LIMITS counts in milliseconds what the file counts in seconds", () => {
  assertEquals(DEFAULT_LIMITS.headMs, LIMIT_KEYS["head_seconds"]!.fallback * 1000);
  assertEquals(DEFAULT_LIMITS.headBytes, LIMIT_KEYS["head_bytes"]!.fallback);
});

Deno.test("connectingMs() is more than its steps may take, so that they end first", () => {
  const limits = { ...DEFAULT_LIMITS, dnsMs: 1000, connectMs: 2000 };
  assert(connectingMs(limits) > 3000);
});
