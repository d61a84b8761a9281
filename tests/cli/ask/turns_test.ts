import { assertEquals, assertRejects } from "@std/assert";
import { turns } from "../../../src/cli/ask/turns.ts";
import { settle } from "../fake_surroundings.ts";

const NEVER = new AbortController().signal;

Deno.test("turns() runs one step at a time, in the order they came", async () => {
  const inTurn = turns();
  const began: string[] = [];
  const first = Promise.withResolvers<number>();
  const one = inTurn(() => (began.push("one"), first.promise), NEVER);
  const two = inTurn(() => (began.push("two"), Promise.resolve(2)), NEVER);
  await settle();
  assertEquals(began, ["one"]);
  first.resolve(1);
  assertEquals([await one, await two], [1, 2]);
  assertEquals(began, ["one", "two"]);
});

Deno.test("turns() never runs a step that was given up, and keeps the turn of those behind it", async () => {
  const inTurn = turns();
  const began: string[] = [];
  const first = Promise.withResolvers<void>();
  const given = new AbortController();
  const one = inTurn(() => first.promise, NEVER);
  const two = inTurn(() => Promise.resolve(began.push("two")), given.signal);
  const three = inTurn(() => Promise.resolve(began.push("three")), NEVER);
  given.abort(new Error("settled"));
  await assertRejects(() => two, Error, "settled");
  await settle();
  assertEquals(began, []);
  first.resolve();
  await Promise.all([one, three]);
  assertEquals(began, ["three"]);
});

Deno.test("turns() never runs a step that was given up before it came", async () => {
  let ran = false;
  const step = () => Promise.resolve(ran = true);
  await assertRejects(() => turns()(step, AbortSignal.abort(new Error("settled"))), Error);
  assertEquals(ran, false);
});

Deno.test("turns() goes on after a step that failed", async () => {
  const inTurn = turns();
  const failing = inTurn(() => Promise.reject(new Error("broken")), NEVER);
  const next = inTurn(() => Promise.resolve("next"), NEVER);
  await assertRejects(() => failing, Error, "broken");
  assertEquals(await next, "next");
});
