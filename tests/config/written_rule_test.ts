import { assertEquals } from "@std/assert";
import { Findings } from "../../src/config/toml/findings.ts";
import { ANY_REQUEST, finishRule, ruleText } from "../../src/config/written_rule.ts";
import { PLACE, print, tableOf } from "./load.ts";

const RULE = {
  host: { kind: "exact", name: "a.test", port: null },
  matches: ANY_REQUEST,
  strip: ["cookie"],
  text: "a.test",
  place: PLACE,
} as const;

function header(name: string, env: string) {
  return { name, secret: { from: { env }, prefix: "", place: PLACE } };
}

Deno.test("finishRule() gives each secret as a function", async () => {
  const findings = new Findings();
  const written = { ...RULE, inject: [header("A", "T"), header("B", "U")] };
  const rule = await finishRule(written, { T: "t", U: "u" }, findings);
  assertEquals(rule!.actions.inject.map(({ name, value }) => name + value()), ["At", "Bu"]);
  assertEquals([rule!.actions.strip, rule!.origin], [["cookie"], PLACE.origin]);
});

Deno.test("finishRule() makes no rule where a secret is missing, and tells of each", async () => {
  const findings = new Findings();
  const written = { ...RULE, inject: [header("A", "T"), header("B", "U"), header("C", "V")] };
  assertEquals(await finishRule(written, { U: "u" }, findings), null);
  assertEquals(print(findings.faults()).length, 2);
});

Deno.test("ruleText() is one line, and tells names in place of values", () => {
  const table = tableOf(
    'methods = ["GET"]\npaths = "/a\\u001b"\nheaders = { A = "s3cret", b = [] }\nquery = {}',
  );
  assertEquals(
    ruleText("a.test", table, ["methods", "paths", "can"], ["query", "headers"]),
    "a.test GET /a\\u001b headers (A, b)",
  );
});
