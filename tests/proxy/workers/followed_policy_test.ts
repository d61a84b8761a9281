import { assertEquals, assertStrictEquals } from "@std/assert";
import type { Rule } from "../../../src/policy/rule.ts";
import type { EndedRules } from "../../../src/proxy/live_policy.ts";
import { carryPolicy, numberRules } from "../../../src/proxy/workers/carried_policy.ts";
import { FollowedPolicy } from "../../../src/proxy/workers/followed_policy.ts";
import { connectTo, policyOf, rule } from "../../support/policy.ts";

const NONE: EndedRules = { lapsed: [], succeeded: [] };

/** A policy that follows another, over what would be a border between isolates. */
function make() {
  const numberOf = numberRules();
  const carry = (runtimeRules: readonly Rule[], ended = NONE) =>
    structuredClone(
      carryPolicy(policyOf({ allow: ["a.test"] }, { runtimeRules }), ended, numberOf),
    );
  const followed = new FollowedPolicy(carry([]));
  return {
    followed,
    follow: (rules: readonly Rule[], ended?: EndedRules) => followed.follow(carry(rules, ended)),
    /** The rule by which it allows this. */
    by: (name: string) => {
      const decision = followed.current.decide(connectTo(name));
      return decision.verdict === "allow" ? decision.rule : null;
    },
  };
}

Deno.test("follow() puts the next policy into force, whole", () => {
  const { followed, follow, by } = make();
  assertEquals([by("a.test")?.text, by("b.test")], ["a.test", null]);
  follow([rule("allow", "b.test")]);
  assertEquals(by("b.test")?.text, "b.test");
  assertEquals(followed.current.document.runtimeRules?.length, 1);
});

Deno.test("follow() keeps a rule that stays as the object that it was", () => {
  const { follow, by } = make();
  const kept = rule("allow", "b.test");
  follow([kept]);
  const before = by("b.test");
  follow([rule("allow", "c.test"), kept]);
  assertStrictEquals(by("b.test"), before);
});

Deno.test("isLapsed() knows a rule whose time was over, and none that was taken back", () => {
  const { followed, follow, by } = make();
  const [one, two] = [rule("allow", "b.test"), rule("allow", "c.test")];
  follow([one, two]);
  const [first, second] = [by("b.test")!, by("c.test")!];
  follow([], { lapsed: [one], succeeded: [] });
  assertEquals([followed.isLapsed(first), followed.isLapsed(second)], [true, false]);
});

Deno.test("isLapsed() follows a rule to what took its place", () => {
  const { followed, follow, by } = make();
  const [one, two] = [rule("allow", "b.test"), rule("allow", "b.test")];
  follow([one]);
  const first = by("b.test")!;
  follow([two], { lapsed: [], succeeded: [{ rule: one, by: two }] });
  assertEquals(followed.isLapsed(first), false);
  follow([], { lapsed: [two], succeeded: [] });
  assertEquals(followed.isLapsed(first), true);
});

Deno.test("a rule by which one request was approved is lapsed, until it is refused", () => {
  const { followed } = make();
  const once = followed.approvedBy(rule("allow", "b.test"));
  assertEquals(followed.doubts(), { rules: [], doubts: [] });
  assertEquals(followed.isLapsed(once), true);
  const { rules, doubts } = followed.doubts();
  assertStrictEquals(rules[0], once);
  assertEquals(doubts.map(({ rule, pattern }) => [rule, pattern.kind]), [[0, "rule_pattern"]]);
  assertEquals(followed.doubts().rules, []);
  followed.refuse(once);
  assertEquals(followed.isLapsed(once), false);
});
