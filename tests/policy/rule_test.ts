import { assertEquals } from "@std/assert";
import { appliesTo, formatOrigin } from "../../src/policy/rule.ts";
import { rule } from "../support/policy.ts";

Deno.test("formatOrigin() prints as much of the place as is known", () => {
  assertEquals(formatOrigin({ file: "a.toml", line: 3, column: 5 }), "a.toml:3:5");
  assertEquals(formatOrigin({ file: "a.toml", line: 3, column: null }), "a.toml:3");
  assertEquals(formatOrigin({ file: "--allow", line: null, column: null }), "--allow");
});

Deno.test("formatOrigin() names the preset that stands there", () => {
  const preset = "npm";
  assertEquals(
    formatOrigin({ file: "a.toml", line: 3, column: 5, preset }),
    "a.toml:3:5, preset npm",
  );
  assertEquals(formatOrigin({ file: "-c", line: null, column: null, preset }), "-c, preset npm");
});

Deno.test("appliesTo() takes any port and protocol where the rule names none", () => {
  assertEquals(appliesTo(rule("allow", "a.com"), 443, "http"), true);
  assertEquals(appliesTo(rule("allow", "a.com:443"), 443, "socks5_tcp"), true);
  assertEquals(appliesTo(rule("allow", "a.com:443"), 80, "http"), false);
  assertEquals(appliesTo(rule("allow", "a.com over http"), 8080, "http"), true);
  assertEquals(appliesTo(rule("allow", "a.com over http"), 8080, "https_connect"), false);
});
