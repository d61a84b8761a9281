import { assertEquals } from "@std/assert";
import { carryPolicy, documentOf, numberRules } from "../../../src/proxy/workers/carried_policy.ts";
import { policyOf, requestRule, rule } from "../../support/policy.ts";

const NONE = { lapsed: [], succeeded: [] };

Deno.test("carryPolicy() carries a document whole, secrets of request rules among it", () => {
  const inject = [{ name: "authorization", value: () => "secret" }];
  const policy = policyOf({ allow: ["a.test", "192.0.2.0/24"], deny: ["b.test"] }, {
    requestRules: [requestRule("a.test GET /x/**", 1, { actions: { strip: ["x-one"], inject } })],
    runtimeRules: [rule("allow", "c.test")],
  });
  const carried = structuredClone(carryPolicy(policy, NONE, numberRules()));
  const { requestRules: [there], ...rest } = documentOf(carried.document);
  const { requestRules: [here], ...expected } = policy.document;
  assertEquals(rest, expected);
  assertEquals([there!.matches, there!.actions.strip], [here!.matches, ["x-one"]]);
  assertEquals(there!.actions.inject.map(({ name, value }) => [name, value()]), [
    ["authorization", "secret"],
  ]);
  assertEquals(carried.generation, policy.generation);
});

Deno.test("numberRules() gives a rule the same number always, and no other rule that number", () => {
  const numberOf = numberRules();
  const [one, same] = [rule("allow", "a.test"), rule("allow", "a.test")];
  assertEquals([numberOf(one), numberOf(same), numberOf(one)], [1, 2, 1]);
});

Deno.test("carryPolicy() tells which rules have ended, by their numbers", () => {
  const [one, two, three] = ["a.test", "b.test", "c.test"].map((name) => rule("allow", name));
  const numberOf = numberRules();
  const policy = policyOf({}, { runtimeRules: [one!, two!] });
  const ended = { lapsed: [three!], succeeded: [{ rule: three!, by: one! }] };
  const { runtime, lapsed, succeeded } = carryPolicy(policy, ended, numberOf);
  assertEquals([runtime, lapsed, succeeded], [[1, 2], [3], [{ rule: 3, by: 1 }]]);
});
