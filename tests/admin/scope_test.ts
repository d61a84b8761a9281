import { assertEquals, assertThrows } from "@std/assert";
import { ApiError } from "../../src/admin/api_error.ts";
import { scopeOf } from "../../src/admin/scope.ts";

const WORDS = ["once", "minutes", "run"] as const;

/** Bodies and their scopes. */
const SCOPES: readonly (readonly [Record<string, unknown>, unknown])[] = [
  [{}, { kind: "run" }],
  [{ scope: "once" }, { kind: "once" }],
  [{ scope: "run", minutes: 5 }, { kind: "run" }],
  [{ scope: "minutes" }, { kind: "minutes", minutes: 10 }],
  [{ scope: "minutes", minutes: 1 }, { kind: "minutes", minutes: 1 }],
  [{ scope: "minutes", minutes: 10_080 }, { kind: "minutes", minutes: 10_080 }],
];

for (const [body, scope] of SCOPES) {
  Deno.test(`scopeOf() reads ${JSON.stringify(body)}`, () => {
    assertEquals(scopeOf(body, WORDS, "run") as unknown, scope);
  });
}

const BAD: readonly Record<string, unknown>[] = [
  { scope: "always" },
  { scope: "" },
  { scope: false },
  { scope: 1 },
  { scope: "toString" },
  ...[0, -1, 1.5, 10_081, NaN, "5", null, true].map((minutes) => ({ scope: "minutes", minutes })),
];

for (const body of BAD) {
  Deno.test(`scopeOf() refuses ${JSON.stringify(body)}`, () => {
    const error = assertThrows(() => scopeOf(body, WORDS, "run"), ApiError);
    assertEquals(error.reason, "invalid_json");
  });
}
