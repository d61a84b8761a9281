import { assertEquals, assertStringIncludes } from "@std/assert";
import { readPattern } from "../../src/config/read_pattern.ts";
import { parseRulePattern } from "../../src/policy/rule_pattern.ts";

for (const text of ["a.test", "*.example.com:443", "**.example.co.uk", "1.2.3.4 over http"]) {
  Deno.test(`readPattern() reads "${text}" as a rule has it`, async () => {
    const read = await readPattern(text);
    assertEquals(read.kind, "rule_pattern");
    assertEquals(read, parseRulePattern(text));
  });
}

/** What a file may not say either, and why. */
const BAD: readonly (readonly [string, string])[] = [
  ["*.com", "com"],
  ["**.co.uk", "co.uk"],
  ["*", ""],
  ["http://a.test", ""],
  ["a.test over ftp", "there is no such protocol"],
  ["", ""],
];

for (const [text, why] of BAD) {
  Deno.test(`readPattern() refuses "${text}"`, async () => {
    const read = await readPattern(text);
    assertEquals(read.kind, "bad");
    assertStringIncludes(read.kind === "bad" ? read.why : "", why);
  });
}
