import { assertEquals } from "@std/assert";
import { KINDS } from "./visits.ts";

Deno.test("the kinds of traffic are a hundred of a hundred", () => {
  assertEquals(KINDS.reduce((sum, { share }) => sum + share, 0), 100);
});
