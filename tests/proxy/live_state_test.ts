import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import type { HappenedAudit } from "../../src/audit/audit_record.ts";
import { Deadlines } from "../../src/net/time/deadlines.ts";
import { policyCell } from "../../src/policy/policy.ts";
import { DEFAULT_LIMITS } from "../../src/proxy/limits.ts";
import { makeLiveState } from "../../src/proxy/live_state.ts";
import { noteEnded } from "../../src/proxy/ledger.ts";
import { asker } from "../support/asker.ts";
import { memorySink } from "../support/audit_records.ts";
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
      audit: { sinks: [], metadata: {} },
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

Deno.test("makeLiveState() gives each proxy a name of its own in its records", () => {
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock, reportError);
  const instances = [1, 2].map(() => {
    const records: HappenedAudit[] = [];
    const state = makeLiveState(
      {
        policy: policyCell(policyOf({})),
        asking: NOBODY,
        limits: DEFAULT_LIMITS,
        blockedCapacity: 5,
        audit: { sinks: [memorySink(records)], metadata: { "conversation.id": "c-1" } },
        outside: { clock },
      },
      deadlines,
      () => {},
    );
    const request = connectTo("a.test");
    const ending = { kind: "tunnel", outcome: "done", up: 0, down: 0 } as const;
    noteEnded({ request, asker: asker() }, ending, 0, state);
    assertEquals(records.map((record) => record["conversation.id"]), ["c-1"]);
    return records[0]!["doorward.instance"];
  });
  for (const instance of instances) assertMatch(instance, /^[0-9a-f]{16}$/);
  assertNotEquals(instances[0], instances[1]);
  deadlines.stop();
});
