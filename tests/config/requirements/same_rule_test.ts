import { assertEquals } from "@std/assert";
import { sameRules, union, without } from "../../../src/config/requirements/same_rule.ts";
import { settings, texts } from "./required.ts";

const rules = (...all: readonly string[]) => settings({ allow: all }).allow;

Deno.test("without() leaves out what the others say, in whatever spelling", () => {
  const left = without(rules("a.test", "b.test", "b.test:443"), rules("B.Test."));
  assertEquals(texts(left), ["a.test", "b.test:443"]);
});

Deno.test("union() has every rule once, and the first ones first", () => {
  assertEquals(texts(union(rules("b.test"), rules("a.test", "B.test"))), ["b.test", "a.test"]);
});

Deno.test("sameRules() knows neither spelling nor order", () => {
  assertEquals(sameRules(rules("a.test", "B.test"), rules("b.test", "A.test")), true);
  assertEquals(sameRules(rules("a.test"), rules("a.test", "b.test")), false);
  assertEquals(sameRules(rules("a.test", "b.test"), rules("a.test")), false);
});
