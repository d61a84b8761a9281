import { assertEquals } from "@std/assert";
import { formatOrigin } from "../../src/policy/rule.ts";

Deno.test("formatOrigin() prints as much of the place as is known", () => {
  assertEquals(formatOrigin({ file: "a.toml", line: 3, column: 5 }), "a.toml:3:5");
  assertEquals(formatOrigin({ file: "a.toml", line: 3, column: null }), "a.toml:3");
  assertEquals(formatOrigin({ file: "--allow", line: null, column: null }), "--allow");
});
