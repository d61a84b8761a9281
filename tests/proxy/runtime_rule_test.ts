import { assertEquals } from "@std/assert";
import { configuredRecord, ruleOf, runtimeRecord, textOf } from "../../src/proxy/runtime_rule.ts";
import { rulePattern } from "../support/live_policy.ts";
import { rule } from "../support/policy.ts";

const PATTERN = rulePattern("A.test:443 over https_connect");

Deno.test("ruleOf() makes a rule in its canonical spelling, which no file says", () => {
  const made = ruleOf("deny", PATTERN, "runtime");
  assertEquals(made.text, "a.test:443 over https_connect");
  assertEquals([made.list, made.protocol, made.text], ["deny", "https_connect", textOf(PATTERN)]);
  assertEquals(made.origin, { file: "admin API", line: null, column: null });
  assertEquals(ruleOf("allow", PATTERN, "approval").origin.file, "approval");
  assertEquals("protocol" in ruleOf("allow", rulePattern("a.test"), "runtime"), false);
});

Deno.test("ruleOf() keeps that a rule is raw, and says so", () => {
  const made = ruleOf("allow", rulePattern("A.test:443 raw"), "runtime");
  assertEquals([made.raw, made.text], [true, "a.test:443 raw"]);
  assertEquals("raw" in ruleOf("allow", PATTERN, "runtime"), false);
});

Deno.test("configuredRecord() tells what a file says from what a flag does", () => {
  const written = rule("allow", "a.test");
  assertEquals(configuredRecord(written, 3), {
    id: null,
    list: "allow",
    pattern: "a.test",
    origin: "config",
    file: "test.toml",
    line: 1,
    column: 1,
    scope: "always",
    expires_at: null,
    hits: 3,
  });
  const flag = { ...written, origin: { file: "--allow", line: null, column: null } };
  const { origin, scope, file } = configuredRecord(flag, 0);
  assertEquals([origin, scope, file], ["flag", "run", "--allow"]);
});

Deno.test("configuredRecord() names the preset that a rule is from", () => {
  const written = rule("allow", "a.test");
  const named = { ...written, origin: { ...written.origin, preset: "npm" } };
  assertEquals([configuredRecord(named, 0).preset, configuredRecord(named, 0).pattern], [
    "npm",
    "a.test",
  ]);
  assertEquals("preset" in configuredRecord(written, 0), false);
});

Deno.test("runtimeRecord() tells when a rule ends", () => {
  const made = {
    id: "r1",
    list: "allow",
    pattern: PATTERN,
    from: "approval",
    scope: { kind: "minutes", minutes: 1 },
    rule: ruleOf("allow", PATTERN, "approval"),
    expiresAt: 61_500,
    deadline: null,
  } as const;
  const { id, origin, scope, expires_at, hits } = runtimeRecord(made, 2);
  assertEquals([id, origin, scope, expires_at, hits], ["r1", "approval", "minutes", 61.5, 2]);
});
