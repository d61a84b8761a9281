import { assertEquals } from "@std/assert";
import { Turns } from "../../../src/net/time/turns.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { turn } from "../../support/in_time.ts";

const TURN_MS = 1;

/** Somebody who works until told to end. */
function worker(turns: Turns, name: string, began: string[]) {
  const taken = turns.take();
  const having = taken === null ? turns.wait() : Promise.resolve(taken);
  const over = having.then((it) => {
    began.push(name);
    return it;
  });
  return { end: async () => turns.end(await over) };
}

async function pass(clock: FakeClock, ms = TURN_MS): Promise<void> {
  await turn();
  clock.advance(ms);
  await turn();
}

Deno.test("take() gives as many turns as there are, and one more for each that has ended", () => {
  const turns = new Turns(new FakeClock(), 2);
  const [first, second] = [turns.take(), turns.take()];
  assertEquals([first, second, turns.take()], [0, 0, null]);
  turns.end(first!);
  assertEquals([turns.take(), turns.take()], [0, null]);
});

Deno.test("wait() serves those who wait in their order", async () => {
  const clock = new FakeClock();
  const turns = new Turns(clock, 1);
  const began: string[] = [];
  const [a, b, c] = ["a", "b", "c"].map((name) => worker(turns, name, began));
  await turn();
  assertEquals(began, ["a"]);
  await a!.end();
  await turn();
  assertEquals(began, ["a", "b"]);
  await b!.end();
  await c!.end();
  assertEquals(began, ["a", "b", "c"]);
  await pass(clock);
  assertEquals([clock.sleeping, turns.take()], [0, 1]);
});

Deno.test("those who wait begin in groups, of half of them that may work", async () => {
  const clock = new FakeClock();
  const turns = new Turns(clock, 4);
  const began: string[] = [];
  const workers = ["a", "b", "c", "d", "e", "f", "g"].map((name) => worker(turns, name, began));
  await turn();
  assertEquals(began, ["a", "b", "c", "d"]);
  await workers[0]!.end();
  await turn();
  assertEquals(began.length, 4);
  // Nobody who comes now is served before those.
  assertEquals(turns.take(), null);
  await workers[1]!.end();
  await turn();
  assertEquals(began, ["a", "b", "c", "d", "e", "f"]);
  await workers[2]!.end();
  await pass(clock);
  assertEquals(began.at(-1), "g");
  for (const at of [3, 4, 5, 6]) await workers[at]!.end();
});

Deno.test("whoever takes long gives way, at once to as many as that are", async () => {
  const clock = new FakeClock();
  const turns = new Turns(clock, 2);
  const began: string[] = [];
  const workers = ["a", "b", "c", "d", "e"].map((name) => worker(turns, name, began));
  await pass(clock);
  assertEquals(began, ["a", "b"]);
  await pass(clock);
  assertEquals(began, ["a", "b", "c", "d"]);
  // Whose turn was given to another ends for nobody.
  await workers[0]!.end();
  await workers[1]!.end();
  await turn();
  assertEquals(began, ["a", "b", "c", "d"]);
  await workers[2]!.end();
  await turn();
  assertEquals(began, ["a", "b", "c", "d", "e"]);
  await workers[3]!.end();
  await workers[4]!.end();
  await pass(clock);
  assertEquals([turns.take() === null, turns.take() === null, turns.take()], [false, false, null]);
});

Deno.test("nothing runs while nobody waits", async () => {
  const clock = new FakeClock();
  const turns = new Turns(clock, 1);
  const only = turns.take()!;
  assertEquals(clock.sleeping, 0);
  const waiting = turns.wait();
  assertEquals(clock.sleeping, 1);
  turns.end(only);
  turns.end(await waiting);
  await pass(clock);
  assertEquals(clock.sleeping, 0);
  assertEquals(turns.take(), 1);
});

Deno.test("wait() keeps the order while somebody always waits", async () => {
  const turns = new Turns(new FakeClock(), 1);
  let working = turns.take()!;
  const began: number[] = [];
  const waiting: Promise<number>[] = [];
  const join = (number: number) =>
    waiting.push(turns.wait().then((it) => (began.push(number), it)));
  join(0);
  for (let number = 1; number < 1000; number++) {
    join(number);
    turns.end(working);
    working = await waiting[number - 1]!;
  }
  assertEquals(began, Array.from({ length: 999 }, (_, number) => number));
});
