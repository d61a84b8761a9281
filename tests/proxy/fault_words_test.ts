import { assertEquals, assertMatch } from "@std/assert";
import { FAULT_WORDS } from "../../src/proxy/fault_words.ts";

Deno.test("FAULT_WORDS are clauses, and no two say the same", () => {
  const words = Object.values(FAULT_WORDS);
  for (const clause of words) assertMatch(clause, /^(TLS|[a-z]+)[a-z ]+[a-z]$/);
  assertEquals(new Set(words).size, words.length);
});
