import { assertStrictEquals } from "@std/assert";
import { policyCell } from "../../src/policy/policy.ts";
import { policyOf } from "../support/policy.ts";

Deno.test("policyCell() serves the policy that last replaced it, and counts", () => {
  const [first, second] = [policyOf({}), policyOf({ allow: ["example.com"] })];
  const cell = policyCell(first);
  assertStrictEquals(cell.current, first);
  cell.replace(second);
  assertStrictEquals(cell.current, second);
});
