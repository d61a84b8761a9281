import { assert, assertEquals, assertObjectMatch, assertThrows } from "@std/assert";
import type { Policy } from "../../src/policy/policy.ts";
import { AdminError } from "../../src/proxy/admin_error.ts";
import type { LivePolicy } from "../../src/proxy/live_policy.ts";
import { textOf } from "../../src/proxy/runtime_rule.ts";
import { eventsOf } from "../support/feed.ts";
import { forMinutes, makeLive, rulePattern } from "../support/live_policy.ts";
import { connectTo, httpTo, policyOf } from "../support/policy.ts";

function verdict(live: LivePolicy, host: string): string {
  return live.current.decide(connectTo(host)).verdict;
}

/** The code of the error that `act` throws. */
function codeOf(act: () => unknown): string {
  return assertThrows(act, AdminError).code;
}

Deno.test("every change makes one new policy, whose generation is the next", () => {
  using test = makeLive();
  const { live, replaced } = test;
  assertEquals(live.current.generation, 1);
  test.add("a.test");
  live.setMode("limited");
  live.rebase(policyOf({ allow: ["b.test"] }).document);
  test.remove("a.test");
  assertEquals(replaced.map(({ generation }) => generation), [2, 3, 4, 5]);
  assertEquals(live.current, replaced.at(-1)!);
  assertEquals(test.cell.current, live.current);
});

Deno.test("what changes nothing makes no new policy", () => {
  using test = makeLive();
  test.live.setMode("full");
  assertEquals(test.remove("configured.test"), { rules: [], closed: 0 });
  assertEquals([test.replaced.length, test.live.current.generation], [0, 1]);
});

Deno.test("add() allows or denies at once, and answers with the rule", () => {
  using test = makeLive();
  const { change, rule } = test.add("a.test:443 over https_connect");
  assertEquals(verdict(test.live, "a.test"), "allow");
  assertEquals(test.live.current.decide(httpTo("a.test")).verdict, "deny");
  assertEquals(test.live.current.decide(connectTo("a.test")), { verdict: "allow", rule });
  assertEquals(change.rules, [{
    id: "r1",
    list: "allow",
    pattern: "a.test:443 over https_connect",
    origin: "runtime",
    file: "admin API",
    line: null,
    column: null,
    scope: "run",
    expires_at: null,
    hits: 0,
  }]);
  test.add("a.test", { list: "deny" });
  assertObjectMatch(test.live.current.decide(connectTo("a.test")), { reason: "denied" });
});

Deno.test("add() says how many connections the policy closed", () => {
  using test = makeLive({ replaced: ({ generation }) => generation });
  assertEquals(test.add("a.test", { list: "deny" }).change.closed, 2);
  assertEquals(test.remove("a.test", "deny").closed, 3);
  assertEquals(test.live.rebase(policyOf({}).document), 4);
  assertEquals(test.live.setMode("limited"), 5);
});

Deno.test("rules tell those of the configuration, of the command line and of people apart", () => {
  const { document } = policyOf({ allow: ["file.test", "flag.test"], deny: ["bad.test"] });
  const flagged = document.rules.map((rule) =>
    rule.text === "flag.test"
      ? { ...rule, origin: { file: "--allow", line: null, column: null } }
      : rule
  );
  using test = makeLive();
  test.live.rebase({ ...document, rules: flagged });
  test.add("minutes.test", forMinutes(2));
  test.add("approved.test", { from: "approval" });
  assertEquals(
    test.live.rules.map(({ id, list, pattern, origin, file, scope, expires_at }) =>
      [id, list, pattern, origin, file, scope, expires_at] as const
    ),
    [
      [null, "deny", "bad.test", "config", "test.toml", "always", null],
      [null, "allow", "file.test", "config", "test.toml", "always", null],
      [null, "allow", "flag.test", "flag", "--allow", "run", null],
      ["r1", "allow", "minutes.test", "runtime", "admin API", "minutes", 1_767_225_720],
      ["r2", "allow", "approved.test", "approval", "approval", "run", null],
    ],
  );
  assertEquals(test.live.counts.runtime, 2);
});

Deno.test("rules tell their hits, also after a reload of the same words", () => {
  using test = makeLive();
  test.add("a.test");
  const counted = { decision: "allow", reason: null, protocol: "http", host: "a.test" } as const;
  for (const rule of [...test.live.current.document.rules]) test.tally.note({ ...counted, rule });
  for (const rule of test.live.current.document.runtimeRules ?? []) {
    test.tally.note({ ...counted, rule });
    test.tally.note({ ...counted, rule });
  }
  test.live.rebase(policyOf({ allow: ["configured.test"] }).document);
  assertEquals(test.live.rules.map(({ hits }) => hits), [1, 2]);
});

Deno.test("rebase() keeps the rules and the mode that people set", () => {
  using test = makeLive();
  test.add("a.test");
  test.add("b.test", { list: "deny" });
  test.live.setMode("limited");
  test.live.rebase(policyOf({ allow: ["b.test", "c.test"] }).document);
  const { live } = test;
  const verdicts = ["a.test", "b.test", "c.test", "configured.test"].map((host) =>
    live.current.decide(httpTo(host)).verdict
  );
  assertEquals(verdicts, ["allow", "deny", "allow", "deny"]);
  assertEquals(live.current.document.mode, "limited");
  assertEquals(live.configured.mode, "full");
});

Deno.test("setMode() back to the file's mode follows the file again", () => {
  using test = makeLive();
  const { live } = test;
  const limited = policyOf({}, { mode: "limited" }).document;
  live.setMode("limited");
  live.setMode("full");
  live.rebase(limited);
  assertEquals(live.current.document.mode, "limited");
  live.setMode("full");
  live.rebase(limited);
  assertEquals(live.current.document.mode, "full");
});

Deno.test("a file that says what people set is followed from then on", () => {
  using test = makeLive();
  const { live } = test;
  live.setMode("limited");
  live.rebase(policyOf({}, { mode: "limited" }).document);
  live.rebase(policyOf({}, { mode: "full" }).document);
  assertEquals(live.current.document.mode, "full");
});

Deno.test("setMode() publishes the mode with the generation that has it", async () => {
  using test = makeLive();
  test.live.setMode("limited");
  test.live.setMode("limited");
  assertEquals(await eventsOf(test.feed, "mode"), [
    { type: "mode", generation: 2, mode: "limited" },
  ]);
});

Deno.test("a rule for minutes ends by itself, and that is published", async () => {
  using test = makeLive();
  const { rule } = test.add("a.test", forMinutes(1));
  test.add("b.test", forMinutes(2));
  await test.pass(59_000);
  assertEquals([verdict(test.live, "a.test"), test.live.isLapsed(rule)], ["allow", false]);
  await test.pass(1250);
  assertEquals([verdict(test.live, "a.test"), test.live.isLapsed(rule)], ["deny", true]);
  assertEquals([verdict(test.live, "b.test"), test.live.counts.runtime], ["allow", 1]);
  const events = await eventsOf(test.feed, "rule");
  assertEquals(
    events.map(({ state, rule, generation }) => [state, rule.id, generation] as const),
    [["added", "r1", 2], ["added", "r2", 3], ["expired", "r1", 4]],
  );
});

Deno.test("remove() withdraws a rule that people made, and that is published", async () => {
  using test = makeLive();
  const { rule, change } = test.add("a.test", forMinutes(1));
  assertEquals(test.remove("a.test", "deny").rules, []);
  assertEquals(test.remove("a.test").rules, change.rules);
  assertEquals([verdict(test.live, "a.test"), test.live.isLapsed(rule)], ["deny", false]);
  await test.pass(120_000);
  assertEquals(
    (await eventsOf(test.feed, "rule")).map(({ state }) => state),
    ["added", "removed"],
  );
  assertEquals(test.clock.sleeping, 0);
});

Deno.test("remove() leaves what the configuration says", () => {
  using test = makeLive();
  test.remove("configured.test");
  assertEquals(verdict(test.live, "configured.test"), "allow");
});

Deno.test("add() of the same words puts one rule in the place of the other, with its time", async () => {
  using test = makeLive();
  test.add("a.test", forMinutes(1));
  test.add("A.test.", forMinutes(10));
  assertEquals(test.live.counts.runtime, 1);
  await test.pass(300_000);
  assertEquals(verdict(test.live, "a.test"), "allow");
  test.add("a.test", { scope: { kind: "run" } });
  await test.pass(3_600_000);
  assertEquals(verdict(test.live, "a.test"), "allow");
  test.add("a.test", { list: "deny" });
  assertEquals(test.live.counts.runtime, 2);
  assertEquals(test.live.rules.map(({ id }) => id), [null, "r3", "r4"]);
  const states = (await eventsOf(test.feed, "rule")).map(({ state }) => state);
  assertEquals(states, Array(4).fill("added"));
});

Deno.test("isLapsed() is so of a rule whose place was taken, once that has ended", async () => {
  using test = makeLive();
  const { rule: first } = test.add("a.test", forMinutes(1));
  test.add("a.test", forMinutes(2));
  test.add("a.test", forMinutes(3));
  await test.pass(120_500);
  assertEquals(test.live.isLapsed(first), false);
  await test.pass(60_500);
  assertEquals(test.live.isLapsed(first), true);
  const { rule: second } = test.add("a.test", forMinutes(1));
  test.add("a.test");
  test.remove("a.test");
  assertEquals(test.live.isLapsed(second), false);
});

Deno.test("add() takes a thousand rules and no more, and still renews one of them", () => {
  using test = makeLive();
  for (let index = 0; index < 999; index++) test.add(`h${index}.test`);
  const before = test.add("last.test").rule;
  assertEquals(codeOf(() => test.add("more.test")), "too_many_rules");
  assertEquals([test.live.counts.runtime, verdict(test.live, "more.test")], [1000, "deny"]);
  assert(test.add("last.test").rule !== before);
  test.remove("h0.test");
  test.add("more.test");
  assertEquals(test.live.counts.runtime, 1000);
});

Deno.test("add() refuses to allow what only the configuration can", () => {
  using test = makeLive();
  const local = [
    "127.0.0.1",
    "10.0.0.1:80",
    "[::1]",
    "169.254.169.254",
    "localhost",
    "a.localhost",
  ];
  for (const text of local) {
    assertEquals(codeOf(() => test.add(text)), "local_address", text);
    test.add(text, { list: "deny" });
  }
  assertEquals(test.live.counts.runtime, local.length);
});

Deno.test("add() allows private addresses where local ones may be reached, and special ones nowhere", () => {
  using test = makeLive({ policy: policyOf({}, { allowLocalBinding: true }) });
  for (const text of ["127.0.0.1", "10.0.0.1:80", "localhost"]) test.add(text);
  assertEquals(codeOf(() => test.add("169.254.169.254")), "local_address");
});

Deno.test("a refused rule leaves the policy, and the time of the rule before it", async () => {
  using test = makeLive({ policy: policyOf({}, { allowLocalBinding: true }) });
  test.add("10.0.0.1", forMinutes(1));
  test.live.rebase(policyOf({}).document);
  const { generation } = test.live.current;
  assertEquals(codeOf(() => test.add("10.0.0.1")), "local_address");
  assertEquals([test.live.current.generation, test.live.counts.runtime], [generation, 1]);
  await test.pass(61_000);
  assertEquals(test.live.counts.runtime, 0);
});

Deno.test("once() makes a rule that is no part of the policy, and has lapsed already", () => {
  using test = makeLive();
  const rule = test.live.once(rulePattern("a.test:443"));
  assertEquals([verdict(test.live, "a.test"), test.live.isLapsed(rule)], ["deny", true]);
  assertEquals([test.live.counts.runtime, test.replaced.length], [0, 0]);
  assertEquals([rule.text, rule.origin.file], ["a.test:443", "approval"]);
});

Deno.test("whoever is told of a replacement sees the policy that came, in force", () => {
  const seen: (readonly [Policy, Policy])[] = [];
  using test = makeLive({
    replaced: (policy) => {
      seen.push([policy, test.cell.current]);
      return 0;
    },
  });
  test.add("a.test");
  assertEquals(seen.length, 1);
  assert(seen[0]![0] === seen[0]![1]);
});

Deno.test("textOf() spells a rule in one way, however it was written", () => {
  assertEquals(textOf(rulePattern(" A.Test.:443   over http")), "a.test:443 over http");
});

Deno.test("obey() lets nobody make a change that there is something against", () => {
  using test = makeLive({ policy: policyOf({ allow: ["configured.test"] }, { mode: "limited" }) });
  const asked: string[] = [];
  test.live.obey((change) => {
    asked.push(change.kind);
    return "it is settled";
  });
  const error = assertThrows(() => test.live.setMode("full"), AdminError);
  assertEquals([error.code, error.message], [
    "required",
    "Cannot switch to full mode: it is settled",
  ]);
  assertEquals(codeOf(() => test.add("a.test")), "required");
  assertEquals(codeOf(() => test.live.refuse("allow", rulePattern("*.a.test"))), "required");
  assertEquals([test.replaced.length, asked], [0, ["mode", "allow_added", "allow_added"]]);
});

Deno.test("obey() leaves denials alone", () => {
  using test = makeLive();
  test.live.obey(() => "it is settled");
  test.add("a.test", { list: "deny" });
  test.live.refuse("deny", rulePattern("b.test"));
  assertEquals(test.remove("a.test", "deny").rules.length, 1);
});

Deno.test("rebase() takes back what people changed and could not change any more", async () => {
  using test = makeLive({ policy: policyOf({ allow: ["configured.test"] }, { mode: "limited" }) });
  test.live.setMode("full");
  test.add("a.test", forMinutes(5));
  test.add("b.test");
  test.add("c.test", { list: "deny" });
  test.live.obey((change) =>
    change.kind === "allow_added" && textOf(change.pattern) === "b.test" ? null : "it is settled"
  );
  test.live.rebase(test.live.configured);
  assertEquals(test.live.current.document.mode, "limited");
  assertEquals(test.live.rules.map(({ pattern }) => pattern), [
    "configured.test",
    "b.test",
    "c.test",
  ]);
  const { generation } = test.live.current;
  await test.pass(5 * 60_000);
  assertEquals(test.live.current.generation, generation);
  const changes = await eventsOf(test.feed, "rule");
  assertEquals(changes.map(({ state, rule }) => [state, rule.pattern]).at(-1), [
    "removed",
    "a.test",
  ]);
});
