import { assertEquals } from "@std/assert";
import { fault, note, ok, warning } from "../../../src/cli/doctor/finding.ts";

Deno.test("a finding says what was looked at, what was found, and what mends it", () => {
  const nothing = { mend: [], origin: null };
  assertEquals(ok("http", "it is free"), {
    level: "ok",
    subject: "http",
    found: "it is free",
    ...nothing,
  });
  assertEquals(note("http", "it is off").level, "note");
  assertEquals(warning("http", "it is slow", "wait", "or go").mend, ["wait", "or go"]);
  assertEquals(fault("http", "it is taken", "another port").mend, ["another port"]);
});
