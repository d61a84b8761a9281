import { assertEquals } from "@std/assert";
import { lasts, ruleName } from "../../../src/cli/admin/rule_words.ts";
import { wallClock } from "../../../src/cli/admin/words.ts";

Deno.test("ruleName() tells the list and the pattern", () => {
  assertEquals(ruleName({ list: "deny", pattern: "*.a.test" }), 'deny rule "*.a.test"');
});

Deno.test("lasts() tells until when a rule holds", () => {
  const at = Date.UTC(2026, 0, 1) / 1000;
  assertEquals(lasts({ scope: "minutes", expires_at: at }), `until ${wallClock()(at)}`);
  assertEquals(lasts({ scope: "run" }), "until the proxy ends");
  assertEquals(lasts({ scope: "always", file: "/x.toml" }), "always: it is in /x.toml");
});
