import { assertEquals } from "@std/assert";
import { FAILURES_MAX, REST_MS } from "../../../src/library/deciders/circuit_breaker.ts";
import { DeciderFailure } from "../../../src/library/deciders/decider_failure.ts";
import { guardedDecider } from "../../../src/library/deciders/guarded_decider.ts";
import { Deadlines } from "../../../src/net/time/deadlines.ts";
import type { Decider, DeciderAnswer } from "../../../src/proxy/asking/decider.ts";
import { deciderRequest, PATIENT } from "../../support/decider.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { inTime } from "../../support/in_time.ts";

function guard(decider: Decider, concurrency = 64) {
  const clock = new FakeClock();
  const told: string[] = [];
  const deadlines = new Deadlines(clock, (error) => {
    throw error;
  });
  const tell = (line: string) => told.push(line);
  const decide = guardedDecider(decider, { clock, tell, deadlines, timeoutMs: 5000, concurrency });
  return {
    clock,
    told,
    ask: (signal = PATIENT) => inTime(decide(deciderRequest(), signal), "an answer"),
    [Symbol.dispose]: () => deadlines.stop(),
  };
}

const ALLOW: DeciderAnswer = { decision: "allow" };
const never = () => new Promise<never>(() => {});
const denied = (why: string) => ({ decision: "deny" as const, reason: `decider_failed: ${why}` });

Deno.test("guardedDecider() hands answers over", async () => {
  for (const answer of [ALLOW, { decision: "ask", reason: "who?" } as const]) {
    using guarded = guard(() => Promise.resolve(answer));
    assertEquals(await guarded.ask(), answer);
  }
});

Deno.test("guardedDecider() checks answers: no reason is one, and none steers a terminal", async () => {
  using empty = guard(() => Promise.resolve({ decision: "deny", reason: "" }));
  assertEquals(await empty.ask(), { decision: "deny", reason: "policy_denied" });
  using steering = guard(() => Promise.resolve({ decision: "deny", reason: "a\x1b[2J\nb" }));
  assertEquals(await steering.ask(), { decision: "deny", reason: "a [2J b" });
});

/** What deciders do that is no answer, and what it comes to. */
const FAILURES: readonly (readonly [string, Decider, string])[] = [
  ["rejects", () => Promise.reject(new Error("s3cret")), "it threw"],
  ["throws", () => {
    throw new Error("s3cret");
  }, "it threw"],
  ["throws no error", () => Promise.reject("s3cret"), "it threw"],
  ["answers nothing", () => Promise.resolve() as never, "its answer is not an object"],
  [
    "answers nonsense",
    () => Promise.resolve({ decision: "yes" }) as never,
    '"decision" of its answer is not "allow", "deny" or "ask"',
  ],
];

for (const [what, decider, why] of FAILURES) {
  Deno.test(`guardedDecider() denies where the decider ${what}`, async () => {
    using guarded = guard(decider);
    assertEquals(await guarded.ask(), denied(why));
  });
}

Deno.test("guardedDecider() tells what was thrown to whoever runs it", async () => {
  using guarded = guard(() => Promise.reject(new Error("no\x1b[2J")));
  await guarded.ask();
  assertEquals(guarded.told, ["The decider threw: no [2J"]);
});

Deno.test("guardedDecider() denies when time is up, and aborts the question", async () => {
  let aborted = false;
  using guarded = guard((_, signal) => {
    signal.addEventListener("abort", () => aborted = true);
    return never();
  });
  const answer = guarded.ask();
  for (let passed = 0; passed < 5000; passed += 250) {
    assertEquals(aborted, false);
    guarded.clock.advance(250);
    await Promise.resolve();
    await Promise.resolve();
  }
  assertEquals(await answer, denied("it did not answer within 5 seconds"));
  assertEquals(aborted, true);
});

Deno.test("guardedDecider() denies at once when nobody waits any more, and blames nobody", async () => {
  using guarded = guard(never);
  for (let at = 0; at <= FAILURES_MAX; at++) {
    const client = new AbortController();
    const answer = guarded.ask(client.signal);
    client.abort(new Error("gone"));
    assertEquals(await answer, denied("nobody waits for the answer"));
    assertEquals(await guarded.ask(client.signal), denied("nobody waits for the answer"));
  }
  assertEquals(guarded.told, []);
});

Deno.test("guardedDecider() asks so many questions at once, and denies one more", async () => {
  const waiting = Promise.withResolvers<DeciderAnswer>();
  using guarded = guard(() => waiting.promise, 2);
  const open = [guarded.ask(), guarded.ask()];
  assertEquals(await guarded.ask(), denied("too many questions are open"));
  waiting.resolve(ALLOW);
  assertEquals(await Promise.all(open), [ALLOW, ALLOW]);
  assertEquals(await guarded.ask(), ALLOW);
});

Deno.test("guardedDecider() blames nobody for having too much to do", async () => {
  using guarded = guard(() => Promise.reject(new DeciderFailure("busy", "too many are open")));
  for (let at = 0; at <= FAILURES_MAX; at++) {
    assertEquals(await guarded.ask(), denied("too many are open"));
  }
  assertEquals(guarded.told, []);
});

Deno.test("guardedDecider() does not ask who fails again and again, until a trial succeeds", async () => {
  let isWell = false;
  let asked = 0;
  using guarded = guard(() => {
    asked += 1;
    return isWell ? Promise.resolve(ALLOW) : Promise.resolve({} as never);
  });
  for (let at = 0; at < FAILURES_MAX + 3; at++) await guarded.ask();
  assertEquals(asked, FAILURES_MAX);
  assertEquals(await guarded.ask(), denied("it failed too often, and is not asked for now"));
  isWell = true;
  assertEquals((await guarded.ask()).decision, "deny");
  guarded.clock.advance(REST_MS);
  assertEquals(await guarded.ask(), ALLOW);
  assertEquals(await guarded.ask(), ALLOW);
  assertEquals(guarded.told.length, 2);
});
