import { assertEquals, assertRejects } from "@std/assert";
import { DeciderFailure } from "../../../src/library/deciders/decider_failure.ts";
import { OPEN_MAX } from "../../../src/library/deciders/open_questions.ts";
import {
  ANSWER_BYTES_MAX,
  BAD_LINES_MAX,
  GRACE_MS,
  RunningHelper,
} from "../../../src/library/deciders/running_helper.ts";
import {
  deciderRequest,
  fakeHelper,
  type FakeHelperOptions,
  PATIENT,
  untilAsked,
} from "../../support/decider.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { inTime, rejection, until } from "../../support/in_time.ts";

const ALLOW = { decision: "allow" } as const;

function start(options: FakeHelperOptions = {}) {
  const fake = fakeHelper(options);
  const clock = new FakeClock();
  const told: string[] = [];
  let count = 0;
  const running = new RunningHelper(fake.process, {
    clock,
    tell: (line) => told.push(line),
    newId: () => `id${++count}`,
    hungMs: 10_000,
  });
  return {
    fake,
    clock,
    told,
    running,
    ask: (host = "a.test", signal = PATIENT) => running.ask(deciderRequest({ host }), signal),
    /** Ends it, and waits for that. */
    async [Symbol.asyncDispose](): Promise<void> {
      running.end(null);
      await inTime(running.gone, "its end");
    },
  };
}

/** What a question fails with. */
async function faultOf(question: Promise<unknown>): Promise<string> {
  const error = await rejection(question, "a question");
  return error instanceof DeciderFailure ? `${error.fault}: ${error.message}` : String(error);
}

const ENDED = "ended: it ended before it answered";

Deno.test("ask() writes a line a question, and takes answers in any order", async () => {
  await using helper = start();
  const [a, b] = [helper.ask("a.test"), helper.ask("b.test")];
  await untilAsked(helper.fake, 2);
  assertEquals(helper.fake.asked.map(({ id, host }) => [id, host]), [
    ["id1", "a.test"],
    ["id2", "b.test"],
  ]);
  helper.fake.answers(1, { decision: "deny", reason: "no" });
  assertEquals(await inTime(b, "b"), { decision: "deny", reason: "no" });
  assertEquals(helper.running.hasAnswered, true);
  helper.fake.answers(0, ALLOW);
  assertEquals(await inTime(a, "a"), ALLOW);
});

/** What ends a helper, and what is said of it. `ID` is the question that is open. */
const FATAL: readonly (readonly [string, string, string])[] = [
  [
    "an answer to what was not asked",
    '{"id":"id7","decision":"allow"}\n{"id":"ID","decision":"allow"}\n',
    "it answered what it was not asked, or answered twice",
  ],
  [
    "a line that is too long",
    `${" ".repeat(ANSWER_BYTES_MAX)} {"id":"ID","decision":"allow"}\n`,
    `it wrote a line of more than ${ANSWER_BYTES_MAX} bytes`,
  ],
  [
    "output without a line end",
    "x".repeat(ANSWER_BYTES_MAX + 1),
    `it wrote a line of more than ${ANSWER_BYTES_MAX} bytes`,
  ],
  [
    "too many lines that are no answers",
    "x\n".repeat(BAD_LINES_MAX + 1),
    "it wrote lines that are no answers",
  ],
];

for (const [what, output, why] of FATAL) {
  Deno.test(`${what} ends the helper and fails what is open`, async () => {
    await using helper = start();
    const question = helper.ask();
    await untilAsked(helper.fake, 1);
    helper.fake.says(output.replaceAll("ID", "id1"));
    assertEquals(await faultOf(question), ENDED);
    await inTime(helper.running.gone, "its end");
    assertEquals(helper.told.at(-1), `The decider was ended: ${why}`);
    assertEquals(helper.fake.signals, ["closed", "SIGTERM", "SIGKILL", "released"]);
  });
}

Deno.test("a second answer ends the helper, and does not undo the first", async () => {
  await using helper = start();
  const [first, second] = [helper.ask(), helper.ask()];
  await untilAsked(helper.fake, 2);
  helper.fake.answers(0, { decision: "deny", reason: "no" });
  helper.fake.answers(0, ALLOW);
  assertEquals(await inTime(first, "the first"), { decision: "deny", reason: "no" });
  assertEquals(await faultOf(second), ENDED);
});

Deno.test("a few lines that are no answers are told, and forgiven", async () => {
  await using helper = start();
  const question = helper.ask();
  await untilAsked(helper.fake, 1);
  helper.fake.says('hello\n{"id":1}\n[]\n');
  helper.fake.answers(0, ALLOW);
  assertEquals(await inTime(question, "the answer"), ALLOW);
  assertEquals(
    helper.told,
    Array(BAD_LINES_MAX).fill("The decider wrote a line that is no answer"),
  );
});

Deno.test("a question whose answer is none fails alone, and too many of them end the helper", async () => {
  await using helper = start();
  const questions = Array.from({ length: BAD_LINES_MAX + 2 }, () => helper.ask());
  const faults = questions.map(faultOf);
  await untilAsked(helper.fake, questions.length);
  for (let at = 0; at <= BAD_LINES_MAX; at++) helper.fake.answers(at, { decision: "yes" });
  const why = 'bad_answer: "decision" of its answer is not "allow", "deny" or "ask"';
  assertEquals(await Promise.all(faults), [...Array(BAD_LINES_MAX + 1).fill(why), ENDED]);
});

Deno.test("the answer to a question that was given up counts for nobody, and is no fault", async () => {
  await using helper = start();
  const client = new AbortController();
  const late = helper.ask("late.test", client.signal);
  await untilAsked(helper.fake, 1);
  client.abort(new Error("gone"));
  await assertRejects(() => late, Error, "gone");
  const next = helper.ask("next.test");
  await untilAsked(helper.fake, 2);
  helper.fake.answers(0, ALLOW);
  helper.fake.answers(1, { decision: "deny", reason: "no" });
  assertEquals(await inTime(next, "the next"), { decision: "deny", reason: "no" });
  assertEquals([helper.running.isOver, helper.told], [false, []]);
});

Deno.test("ask() writes no more than may be open, given up or not", async () => {
  await using helper = start();
  const client = new AbortController();
  const open = Array.from({ length: OPEN_MAX }, () => faultOf(helper.ask("a.test", client.signal)));
  client.abort(new Error("gone"));
  await Promise.all(open);
  assertEquals(await faultOf(helper.ask()), "busy: too many questions are open");
  await untilAsked(helper.fake, OPEN_MAX);
  assertEquals(helper.fake.asked.length, OPEN_MAX);
});

Deno.test("a helper that reads no more is ended", async () => {
  await using helper = start();
  helper.fake.stopsReading();
  assertEquals(await faultOf(helper.ask()), ENDED);
  await inTime(helper.running.gone, "its end");
  assertEquals(helper.told, ["The decider was ended: it reads no more questions"]);
});

Deno.test("a helper that ends fails what is open, and its last words are told", async () => {
  await using helper = start();
  const question = helper.ask();
  await untilAsked(helper.fake, 1);
  helper.fake.complains("Traceback:\n  KeyError");
  helper.fake.exits("with exit code 1");
  assertEquals(await faultOf(question), ENDED);
  await inTime(helper.running.gone, "its end");
  assertEquals(helper.told, [
    "The decider says: Traceback:",
    "The decider says:   KeyError",
    "The decider ended with exit code 1",
  ]);
});

Deno.test("a helper that closes its output is given time to end by itself", async () => {
  const { running, fake, clock, told } = start();
  fake.hangsUp();
  await until(() => clock.sleeping === 1, "it waits");
  assertEquals([running.isOver, fake.signals], [true, ["closed"]]);
  fake.exits("with exit code 1");
  await inTime(running.gone, "its end");
  assertEquals(told, ["The decider ended with exit code 1"]);
});

Deno.test("a long line on standard error is cut", async () => {
  await using helper = start();
  helper.fake.complains(`${"x".repeat(501)}\nnext\n`);
  await until(() => helper.told.length === 2, "both were told");
  assertEquals(helper.told, [`The decider says: ${"x".repeat(500)}…`, "The decider says: next"]);
});

Deno.test("endIfHung() ends one that has left a question open for too long", async () => {
  await using helper = start();
  const question = faultOf(helper.ask());
  await untilAsked(helper.fake, 1);
  helper.clock.advance(9999);
  helper.running.endIfHung();
  assertEquals(helper.running.isOver, false);
  helper.clock.advance(1);
  helper.running.endIfHung();
  assertEquals(helper.running.isOver, true);
  assertEquals(await question, ENDED);
});

Deno.test("end() kills what does not heed SIGTERM, after a grace", async () => {
  const { running, fake, clock, told } = start({ heeds: ["SIGKILL"] });
  running.end(null);
  await until(() => clock.sleeping === 1, "it waits");
  assertEquals(fake.signals, ["closed", "SIGTERM"]);
  clock.advance(GRACE_MS - 1);
  assertEquals(fake.signals, ["closed", "SIGTERM"]);
  clock.advance(1);
  await inTime(running.gone, "its end");
  assertEquals(fake.signals, ["closed", "SIGTERM", "SIGKILL", "released"]);
  assertEquals(told, []);
});

Deno.test("end() does not wait for ever for what nothing ends", async () => {
  const { running, fake, clock } = start({ heeds: [] });
  running.end(null);
  for (let wait = 0; wait < 3; wait++) {
    await until(() => clock.sleeping === 1, "it waits");
    clock.advance(GRACE_MS);
  }
  await inTime(running.gone, "its end");
  assertEquals(fake.signals.at(-1), "released");
  fake.exits("by hand");
});
