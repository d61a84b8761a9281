import { assertMatch } from "@std/assert";
import { BLOCK_REASONS } from "../../src/policy/decision.ts";

Deno.test("BLOCK_REASONS are words for the wire and clauses that a person can act on", () => {
  for (const [reason, sentence] of Object.entries(BLOCK_REASONS)) {
    assertMatch(reason, /^[a-z]+(_[a-z]+)*$/);
    assertMatch(sentence, /^[a-z][ -~]*[^.]$/);
  }
});
