import { assert, assertEquals, assertObjectMatch, assertRejects } from "@std/assert";
import { UNATTRIBUTED } from "../../../src/audit/attribution.ts";
import { AdminError } from "../../../src/proxy/admin_error.ts";
import type { Answer, Answerer, Question } from "../../../src/proxy/asking/question.ts";
import { questionRecord } from "../../../src/proxy/asking/new_question.ts";
import { eventsOf } from "../../support/feed.ts";
import { turn } from "../../support/in_time.ts";
import { connectTo, httpTo, policyOf } from "../../support/policy.ts";
import { HOLD_MS, makeQuestions, type TestQuestions } from "../../support/questions.ts";

const REQUEST = connectTo("a.test:443");
const PATTERN = "a.test:443 over https_connect";
const YES: Answer = { decision: "approve", scope: { kind: "once" }, by: "terminal" };

/** What was published of the questions: what happened, to whom, and how many waited. */
async function told(
  { base }: TestQuestions,
): Promise<readonly (readonly [string, string, number])[]> {
  const events = await eventsOf(base.feed, "pending");
  return events.map(({ state, question }) => [state, question.id, question.waiting]);
}

/** Makes sure that nothing is left of what was asked. */
async function assertNothingLeft({ base, questions }: TestQuestions): Promise<void> {
  assertEquals(questions.pending, []);
  for (let tick = 0; tick < 3; tick++) await base.pass(250);
  // The tick of the limits runs on for rules whose time is to end, and for nothing else.
  const isTicking = base.live.rules.some(({ scope }) => scope === "minutes");
  assertEquals(base.clock.sleeping, isTicking ? 1 : 0);
}

/** A person whom the test makes answer, or fail. */
function person(): {
  readonly answerer: Answerer;
  readonly asked: (readonly [Question, AbortSignal])[];
  readonly says: PromiseWithResolvers<Answer | null>;
} {
  const asked: (readonly [Question, AbortSignal])[] = [];
  const says = Promise.withResolvers<Answer | null>();
  return {
    asked,
    says,
    answerer: (question, signal) => {
      asked.push([question, signal]);
      return says.promise;
    },
  };
}

Deno.test("ask() makes one question, however many requests wait for it", async () => {
  using test = makeQuestions();
  const waiting = [1, 2, 3].map(() => test.ask(REQUEST));
  assertEquals(test.questions.pending.map(({ id, waiting }) => [id, waiting]), [["q1", 3]]);
  await test.answer();
  const outcomes = await Promise.all(waiting.map(({ outcome }) => outcome));
  assertEquals(outcomes.map(({ kind }) => kind), ["approved", "approved", "approved"]);
  assertEquals(await told(test), [
    ["asked", "q1", 1],
    ["joined", "q1", 2],
    ["joined", "q1", 3],
    ["answered", "q1", 3],
  ]);
  assertEquals(test.questions.totals, {
    asked: 1,
    approved: 1,
    denied: 0,
    timed_out: 0,
    cancelled: 0,
    settled: 0,
  });
  await assertNothingLeft(test);
});

Deno.test("ask() tells hosts, ports and protocols apart, and nothing else", async () => {
  using test = makeQuestions();
  const requests = [
    connectTo("a.test:443"),
    connectTo("a.test:80"),
    connectTo("a.test:443", "socks5_tcp"),
    connectTo("a.test:443", "socks5_udp"),
    httpTo("a.test:443"),
    httpTo("a.test:443", { method: "POST", hasBody: true }),
    connectTo("A.TEST.:443"),
    connectTo("b.test:443"),
    connectTo("93.184.216.34:443"),
  ];
  const waiting = requests.map((request) => test.ask(request));
  assertEquals(test.questions.pending.map(({ pattern }) => pattern), [
    "a.test:443 over https_connect",
    "a.test:80 over https_connect",
    "a.test:443 over socks5_tcp",
    "a.test:443 over socks5_udp",
    "a.test:443 over http",
    "b.test:443 over https_connect",
    "93.184.216.34:443 over https_connect",
  ]);
  for (const { leave } of waiting) leave();
  await Promise.all(waiting.map(({ outcome }) => outcome));
  await assertNothingLeft(test);
});

for (const [what, ms] of [["forwards", 86_400_000], ["backwards", -86_400_000]] as const) {
  Deno.test(`a clock that jumps ${what} makes no question shorter or longer`, async () => {
    using test = makeQuestions();
    const first = test.ask(REQUEST);
    await test.base.pass(HOLD_MS / 2);
    test.base.clock.jump(ms);
    const second = test.ask(REQUEST);
    assertEquals([first.heldMs, second.heldMs], [[HOLD_MS], [HOLD_MS / 2]]);
    assertEquals(test.questions.pending.length, 1);
    await test.base.pass(HOLD_MS / 2 + 1000);
    assertEquals((await first.outcome).kind, "unanswered");
    assertEquals((await second.outcome).kind, "unanswered");
  });
}

Deno.test("a question tells who asks for what, until when", async () => {
  using test = makeQuestions();
  const { outcome, heldMs, leave } = test.ask(REQUEST, {
    method: "CONNECT",
    client: "127.0.0.1:41000",
    attempt: () => "7",
    attribution: { ...UNATTRIBUTED, command: "npm install" },
  });
  const { start } = test.base.clock;
  assertEquals({ ...test.questions.pending[0]! }, {
    id: "q1",
    host: "a.test",
    port: 443,
    protocol: "https_connect",
    method: "CONNECT",
    client: "127.0.0.1:41000",
    command: "npm install",
    attempt: "7",
    addressClass: "a name, not looked up yet",
    pattern: PATTERN,
    listener: "127.0.0.1:3128",
    label: null,
    execPolicyHint: null,
    askedAt: start,
    expiresAt: start + HOLD_MS,
    waiting: 1,
  });
  assertEquals(heldMs, [HOLD_MS]);
  leave();
  await outcome;
});

Deno.test("questionRecord() tells the same in the words of the admin API, in seconds", async () => {
  using test = makeQuestions();
  const { outcome, leave } = test.ask(connectTo("[2606:2800::1]:443"), { attempt: () => "7" });
  assertEquals(questionRecord(test.questions.pending[0]!), {
    id: "q1",
    host: "2606:2800::1",
    port: 443,
    protocol: "https_connect",
    method: "GET",
    client: "127.0.0.1:50000",
    command: null,
    attempt_id: "7",
    address_class: "a public address",
    pattern: "[2606:2800::1]:443 over https_connect",
    waiting: 1,
    asked_at: 1_767_225_600,
    expires_at: 1_767_225_660,
    listener: "127.0.0.1:3128",
    label: null,
    exec_policy_hint: null,
  });
  leave();
  await outcome;
});

Deno.test("whoever joins later is held for what is left of the time", async () => {
  using test = makeQuestions();
  const first = test.ask(REQUEST);
  await test.base.pass(20_000);
  const second = test.ask(REQUEST);
  assertEquals([first.heldMs, second.heldMs], [[HOLD_MS], [HOLD_MS - 20_000]]);
  for (const { leave, outcome } of [first, second]) {
    leave();
    await outcome;
  }
});

Deno.test("answer() once approves those who wait, by a rule of their own, and nobody else", async () => {
  using test = makeQuestions();
  const { outcome } = test.ask(REQUEST);
  assertEquals(await test.answer(), null);
  const settled = await outcome;
  assert(settled.kind === "approved");
  assertEquals([settled.rule.text, settled.rule.origin.file], [PATTERN, "approval"]);
  assertEquals(test.base.live.current.decide(REQUEST).verdict, "ask");
  const next = test.ask(REQUEST);
  assertEquals(test.questions.pending.map(({ id }) => id), ["q2"]);
  next.leave();
  await next.outcome;
});

Deno.test("answer() for minutes or for the run makes a rule as narrow as the question", async () => {
  const scopes = [{ kind: "minutes", minutes: 10 }, { kind: "run" }] as const;
  for (const scope of scopes) {
    using test = makeQuestions();
    const { outcome } = test.ask(REQUEST);
    const rule = await test.answer({ scope });
    assertEquals([rule?.list, rule?.text], ["allow", PATTERN]);
    assertEquals(await outcome, { kind: "changed" });
    assertEquals(test.base.live.current.decide(REQUEST).verdict, "allow");
    for (const other of [connectTo("a.test:80"), httpTo("a.test:443"), connectTo("b.test:443")]) {
      assertEquals(test.base.live.current.decide(other).verdict, "ask");
    }
    await assertNothingLeft(test);
    await test.base.pass(600_000);
    const after = scope.kind === "minutes" ? "ask" : "allow";
    assertEquals(test.base.live.current.decide(REQUEST).verdict, after);
  }
});

Deno.test("answer() always writes the rule into the configuration", async () => {
  using test = makeQuestions();
  const { outcome } = test.ask(REQUEST);
  const made = await test.answer({ scope: { kind: "always" } });
  assertEquals(made, { list: "allow", text: PATTERN });
  assertEquals(await outcome, { kind: "changed" });
  assertEquals([test.persisted, test.base.live.counts.runtime], [[["allow", PATTERN]], 0]);
  await assertNothingLeft(test);
});

Deno.test("answer() with no refuses those who wait, whatever its scope", async () => {
  const rows = [
    { scope: { kind: "once" }, after: "ask", persisted: [] },
    { scope: { kind: "minutes", minutes: 10 }, after: "deny", persisted: [] },
    { scope: { kind: "run" }, after: "deny", persisted: [] },
    { scope: { kind: "always" }, after: "ask", persisted: [["deny", "a.test"]] },
  ] as const;
  for (const { scope, after, persisted } of rows) {
    using test = makeQuestions();
    const waiting = [test.ask(REQUEST), test.ask(REQUEST)];
    await test.answer({ decision: "deny", scope });
    for (const { outcome } of waiting) {
      assertEquals(await outcome, { kind: "denied", why: "a person said no" });
    }
    // A host is denied whole: on every port, over every protocol.
    assertEquals(test.base.live.current.decide(httpTo("a.test")).verdict, after, scope.kind);
    assertEquals(test.persisted, persisted as unknown as typeof test.persisted);
    assertEquals(test.questions.totals.denied, 1);
    await assertNothingLeft(test);
  }
});

Deno.test("answer() publishes what was said, for how long, and by whom", async () => {
  using test = makeQuestions();
  const { outcome } = test.ask(REQUEST);
  await test.answer({ scope: { kind: "run" }, by: "dashboard" });
  await outcome;
  const [asked, answered] = await eventsOf(test.base.feed, "pending");
  assertEquals([asked!.generation, "by" in asked!], [1, false]);
  assertObjectMatch(answered!, {
    generation: 2,
    state: "answered",
    decision: "approve",
    scope: "run",
    by: "dashboard",
  });
});

Deno.test("a question whose answer cannot be written down stays, and can be answered again", async () => {
  let isFull = true;
  using test = makeQuestions({
    persist: () =>
      isFull
        ? Promise.reject(new AdminError("cannot_write", "Cannot write: disk full"))
        : Promise.resolve(),
  });
  const { outcome } = test.ask(REQUEST);
  const always = { scope: { kind: "always" } } as const;
  const error = await assertRejects(() => test.answer(always), AdminError);
  assertEquals([error.code, test.questions.pending.length], ["cannot_write", 1]);
  isFull = false;
  await test.answer(always);
  assertEquals(await outcome, { kind: "changed" });
  await assertNothingLeft(test);
});

Deno.test("a question is answered by one at a time, and nobody while that is carried out", async () => {
  const writing = Promise.withResolvers<void>();
  using test = makeQuestions({ persist: () => writing.promise });
  const { outcome } = test.ask(REQUEST);
  const first = test.answer({ scope: { kind: "always" } });
  const second = await assertRejects(() => test.answer({ decision: "deny" }), AdminError);
  assertEquals(second.code, "not_pending");
  await test.base.pass(2 * HOLD_MS);
  assertEquals(test.questions.pending.length, 1);
  writing.resolve();
  await first;
  assertEquals(await outcome, { kind: "changed" });
  await assertNothingLeft(test);
});

Deno.test("a question ends when its answer fails after its time, or after its client", async () => {
  for (const ending of ["time", "client"]) {
    const writing = Promise.withResolvers<void>();
    using test = makeQuestions({ persist: () => writing.promise });
    const { outcome, leave } = test.ask(REQUEST);
    const answering = assertRejects(
      () => test.answer({ scope: { kind: "always" } }),
      Error,
      "full",
    );
    const end = { time: () => test.base.pass(2 * HOLD_MS), client: () => Promise.resolve(leave()) };
    await end[ending as keyof typeof end]();
    await turn();
    assertEquals(test.questions.pending.length, 1);
    writing.reject(new Error("disk full"));
    await answering;
    assertEquals((await outcome).kind, "unanswered");
    await assertNothingLeft(test);
  }
});

Deno.test("answer() knows no question that is over, and none that never was", async () => {
  using test = makeQuestions();
  const { outcome } = test.ask(REQUEST);
  await test.answer();
  await outcome;
  for (const id of ["q1", "q2", ""]) {
    const error = await assertRejects(() => test.questions.answer(id, YES), AdminError);
    assertEquals(error.code, "not_pending");
  }
});

Deno.test("a question that nobody answers ends with its time", async () => {
  using test = makeQuestions();
  const { outcome } = test.ask(REQUEST);
  await test.base.pass(HOLD_MS - 1);
  assertEquals(test.questions.pending.length, 1);
  await test.base.pass(250);
  assertEquals(await outcome, { kind: "unanswered", why: "nobody answered within 60 seconds" });
  assertEquals((await told(test)).map(([state]) => state), ["asked", "timed_out"]);
  assertEquals(test.questions.totals.timed_out, 1);
  await assertNothingLeft(test);
});

Deno.test("ask() answers at once where nobody is to be asked, or nobody is there", async () => {
  const rows = [
    [{ holdMs: () => 0 }, "ask_hold_seconds is 0"],
    [{ canBeAnswered: false }, "there is nobody to ask"],
  ] as const;
  for (const [options, why] of rows) {
    using test = makeQuestions(options);
    const { outcome, heldMs } = test.ask(REQUEST);
    assertEquals(await outcome, { kind: "unanswered", why });
    assertEquals([heldMs, await told(test), test.questions.totals.asked], [[], [], 0]);
    await assertNothingLeft(test);
  }
});

Deno.test("ask() asks no more questions at once than it may, but lets requests join", async () => {
  using test = makeQuestions({ questionsMax: 2 });
  const waiting = ["a.test", "b.test", "a.test"].map((host) => test.ask(connectTo(host)));
  const refused = await test.ask(connectTo("c.test")).outcome;
  assertEquals(refused, {
    kind: "unanswered",
    why: "too many questions are waiting (questions under [network.limits])",
  });
  assertEquals(test.reached, ["questions"]);
  assertEquals(test.questions.pending.map(({ waiting }) => waiting), [2, 1]);
  waiting[1]!.leave();
  await waiting[1]!.outcome;
  waiting.push(test.ask(connectTo("c.test")));
  assertEquals(test.questions.pending.map(({ host }) => host), ["a.test", "c.test"]);
  for (const { leave } of waiting) leave();
  await Promise.all(waiting.map(({ outcome }) => outcome));
  await assertNothingLeft(test);
});

Deno.test("a client that is closed takes its question along, and those who were asked know", async () => {
  const { answerer, asked } = person();
  using test = makeQuestions({ answerers: () => [answerer] });
  const { outcome, close } = test.ask(REQUEST);
  assertEquals(asked[0]![1].aborted, false);
  close();
  assertEquals((await assertRejects(() => outcome)).name, "AbortError");
  assertEquals(asked[0]![1].aborted, true);
  assertEquals((await told(test)).map(([state]) => state), ["asked", "cancelled"]);
  assertEquals(test.questions.totals.cancelled, 1);
  await assertNothingLeft(test);
});

Deno.test("a client that waits no longer is told so, and takes its question along", async () => {
  using test = makeQuestions();
  const { outcome, leave } = test.ask(REQUEST);
  leave();
  assertEquals(await outcome, {
    kind: "unanswered",
    why: "the client did not wait for an answer",
  });
  assertEquals(test.questions.totals.cancelled, 1);
  await assertNothingLeft(test);
});

Deno.test("a question goes with the last of those who wait for it", async () => {
  using test = makeQuestions();
  const first = test.ask(REQUEST);
  const second = test.ask(REQUEST);
  first.leave();
  await first.outcome;
  assertEquals(test.questions.pending.map(({ waiting }) => waiting), [1]);
  second.close();
  await assertRejects(() => second.outcome);
  assertEquals((await told(test)).map(([state]) => state), ["asked", "joined", "cancelled"]);
  await assertNothingLeft(test);
});

Deno.test("ask() asks everybody who may answer, and takes the first answer", async () => {
  const [silent, quick] = [person(), person()];
  using test = makeQuestions({
    canBeAnswered: false,
    answerers: () => [silent.answerer, quick.answerer],
  });
  const { outcome } = test.ask(REQUEST);
  test.ask(REQUEST).outcome.catch(reportError);
  assertEquals([silent.asked.length, quick.asked.length], [1, 1]);
  quick.says.resolve({ ...YES, decision: "deny" });
  assertEquals((await outcome).kind, "denied");
  assertEquals([silent.asked[0]![1].aborted, test.diagnosed], [true, []]);
  silent.says.resolve(YES);
  await turn();
  assertEquals([test.diagnosed, test.questions.totals.approved], [[], 0]);
  await assertNothingLeft(test);
});

Deno.test("whoever is asked is shown how many wait, now", async () => {
  const shown: number[] = [];
  let question: Question | null = null;
  using test = makeQuestions({
    answerers: () => [(asked) => {
      shown.push(asked.waiting);
      question = asked;
      return Promise.resolve(null);
    }],
  });
  const waiting = [test.ask(REQUEST), test.ask(REQUEST)];
  shown.push(question!["waiting"]);
  assertEquals(shown, [1, 2]);
  for (const { leave, outcome } of waiting) {
    leave();
    await outcome;
  }
});

Deno.test("an answerer that has nothing to say, or fails, leaves the question to the others", async () => {
  const [shrugging, failing, throwing] = [person(), person(), () => {
    throw new Error("no terminal");
  }];
  using test = makeQuestions({
    answerers: () => [shrugging.answerer, failing.answerer, throwing],
  });
  const { outcome } = test.ask(REQUEST);
  shrugging.says.resolve(null);
  failing.says.reject(new Error("the webhook answered 500"));
  await turn();
  assertEquals(test.diagnosed, [
    "Cannot get an answer: no terminal",
    "Cannot get an answer: the webhook answered 500",
  ]);
  assertEquals(test.questions.pending.length, 1);
  await test.answer();
  assertEquals((await outcome).kind, "approved");
  await assertNothingLeft(test);
});

Deno.test("a question that nobody is left to answer ends at once", async () => {
  const [shrugging, failing] = [person(), person()];
  using test = makeQuestions({
    canBeAnswered: false,
    answerers: () => [shrugging.answerer, failing.answerer],
  });
  const { outcome } = test.ask(REQUEST);
  shrugging.says.resolve(null);
  await turn();
  assertEquals(test.questions.pending.length, 1);
  failing.says.reject(new Error("the webhook answered 500"));
  assertEquals(await outcome, { kind: "unanswered", why: "there is nobody to ask" });
  assertEquals(test.questions.totals.timed_out, 1);
  await assertNothingLeft(test);
});

Deno.test("an answerer that fails once the question is settled is not heard", async () => {
  const { answerer, says } = person();
  using test = makeQuestions({ answerers: () => [answerer] });
  const { outcome } = test.ask(REQUEST);
  await test.answer();
  await outcome;
  says.reject(new Error("aborted"));
  await turn();
  assertEquals(test.diagnosed, []);
});

Deno.test("a no is remembered for thirty seconds: nobody is asked the same again so soon", async () => {
  using test = makeQuestions();
  const { outcome } = test.ask(REQUEST);
  await test.answer({ decision: "deny" });
  await outcome;
  await test.base.pass(29_999);
  assertEquals(await test.ask(REQUEST).outcome, { kind: "denied", why: "a person said no" });
  const other = test.ask(connectTo("a.test:80"));
  assertEquals(test.questions.pending.map(({ port }) => port), [80]);
  await test.base.pass(1);
  const again = test.ask(REQUEST);
  assertEquals(test.questions.pending.length, 2);
  for (const { leave, outcome } of [other, again]) {
    leave();
    await outcome;
  }
  await assertNothingLeft(test);
});

Deno.test("a policy that comes to know the answer settles the question", async () => {
  const policies = [
    policyOf({ allow: ["a.test"] }, { ask: true }),
    policyOf({ deny: ["a.test"] }, { ask: true }),
    policyOf({}),
  ];
  for (const { document } of policies) {
    using test = makeQuestions();
    const { outcome } = test.ask(REQUEST);
    const other = test.ask(connectTo("b.test"));
    test.base.live.rebase({ ...document, ask: document.ask });
    assertEquals(await outcome, { kind: "changed" });
    const isOff = !document.ask;
    assertEquals(test.questions.pending.map(({ host }) => host), isOff ? [] : ["b.test"]);
    other.leave();
    await other.outcome;
    assertEquals(test.questions.totals.settled, isOff ? 2 : 1);
    await assertNothingLeft(test);
  }
});

Deno.test("a rule that answers one question settles those that it answers too", async () => {
  using test = makeQuestions();
  const first = test.ask(REQUEST);
  const other = test.ask(connectTo("a.test:80"));
  await test.answer({ decision: "deny", scope: { kind: "run" } });
  assertEquals([(await first.outcome).kind, (await other.outcome).kind], ["denied", "changed"]);
  assertEquals((await told(test)).map(([state, id]) => `${id} ${state}`), [
    "q1 asked",
    "q2 asked",
    "q2 settled",
    "q1 answered",
  ]);
  await assertNothingLeft(test);
});

Deno.test("a question waits as long as was said when it was asked", async () => {
  let holdMs = HOLD_MS;
  using test = makeQuestions({ holdMs: () => holdMs });
  const { outcome } = test.ask(REQUEST);
  holdMs = 0;
  await test.base.pass(HOLD_MS + 250);
  assertEquals(await outcome, { kind: "unanswered", why: "nobody answered within 60 seconds" });
  await assertNothingLeft(test);
});
