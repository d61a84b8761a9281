import { assertEquals } from "@std/assert";
import { Deadlines } from "../../src/net/time/deadlines.ts";
import { policyCell } from "../../src/policy/policy.ts";
import { DEFAULT_LIMITS } from "../../src/proxy/limits.ts";
import { makeLiveState } from "../../src/proxy/live_state.ts";
import { asker } from "../support/asker.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { rulePattern } from "../support/live_policy.ts";
import { connectTo, policyOf } from "../support/policy.ts";
import { NOBODY } from "../support/world.ts";

Deno.test("makeLiveState() lets a change of the policy reach the questions that wait", async () => {
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock, reportError);
  const asking = { ...NOBODY, holdMs: () => 30_000, canBeAnswered: true };
  const state = makeLiveState(
    {
      policy: policyCell(policyOf({}, { ask: true })),
      asking,
      limits: DEFAULT_LIMITS,
      blockedCapacity: 5,
      outside: { clock },
    },
    deadlines,
    () => {},
  );
  const never = new AbortController().signal;
  const outcome = state.questions.ask(connectTo("a.test"), asker(), never);
  assertEquals(state.questions.pending.length, 1);
  const pattern = rulePattern("*.test");
  state.policy.add({ list: "allow", pattern, scope: { kind: "run" }, from: "runtime" });
  assertEquals(await outcome, { kind: "changed" });
  assertEquals(state.questions.pending, []);
  deadlines.stop();
});
