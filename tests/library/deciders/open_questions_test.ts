import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { DeciderFailure } from "../../../src/library/deciders/decider_failure.ts";
import { OpenQuestions } from "../../../src/library/deciders/open_questions.ts";
import { PATIENT } from "../../support/decider.ts";
import { rejection } from "../../support/in_time.ts";

const ALLOW = { decision: "allow" } as const;

Deno.test("settle() answers a question once, and its own alone", async () => {
  const questions = new OpenQuestions();
  const [a, b] = [questions.add("a", 1, PATIENT), questions.add("b", 2, PATIENT)];
  assertEquals([questions.count, questions.oldest], [2, 1]);
  assertEquals(questions.settle("b", () => ALLOW), "taken");
  assertEquals(await b, ALLOW);
  assertEquals(questions.settle("b", () => ALLOW), "unasked");
  assertEquals(questions.settle("c", () => ALLOW), "unasked");
  const ended = new DeciderFailure("ended", "it ended");
  questions.fail(ended);
  assertEquals(await rejection(a, "the other"), ended);
  assertEquals([questions.count, questions.oldest], [0, null]);
});

Deno.test("settle() takes the answer to a question that was given up, for nobody", async () => {
  const questions = new OpenQuestions();
  const client = new AbortController();
  const question = questions.add("a", 1, client.signal);
  client.abort(new Error("gone"));
  await assertRejects(() => question, Error, "gone");
  assertEquals(questions.count, 1);
  assertEquals(questions.settle("a", () => ALLOW), "too_late");
  assertEquals(questions.settle("a", () => ALLOW), "unasked");
});

Deno.test("add() asks nothing for nobody", async () => {
  const questions = new OpenQuestions();
  const aborted = AbortSignal.abort(new Error("gone"));
  await assertRejects(() => questions.add("a", 1, aborted), Error, "gone");
  assertEquals(questions.count, 0);
});

Deno.test("settle() fails the question of what is no answer, and says so", async () => {
  const questions = new OpenQuestions();
  const question = questions.add("a", 1, PATIENT);
  const bad = new DeciderFailure("bad_answer", "it is none");
  assertThrows(() =>
    questions.settle("a", () => {
      throw bad;
    }), DeciderFailure);
  assertEquals(await rejection(question, "the question"), bad);
});
