import { assertEquals } from "@std/assert";
import { DeciderFailure } from "../../../src/library/deciders/decider_failure.ts";

Deno.test("DeciderFailure keeps why there is no answer apart from its words", () => {
  const cause = new Error("secret");
  const failure = new DeciderFailure("late", "it did not answer", { cause });
  assertEquals([failure.name, failure.fault, failure.message], [
    "DeciderFailure",
    "late",
    "it did not answer",
  ]);
  assertEquals(failure.cause, cause);
});
