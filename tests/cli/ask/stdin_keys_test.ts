import { assertEquals, assertRejects } from "@std/assert";
import { stdinKeys } from "../../../src/cli/ask/stdin_keys.ts";
import type { Keys, Typed } from "../../../src/cli/ask/keys.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { settle } from "../fake_surroundings.ts";

const NEVER = new AbortController().signal;

interface Keyboard {
  readonly keys: Keys;
  readonly clock: FakeClock;
  /** How many reads are under way. */
  readonly reads: () => number;
  readonly pushes: () => number;
  /** What the next read brings: there now or later. */
  readonly type: (text: string | null | Error) => void;
}

interface Held {
  readonly promise: Promise<Typed>;
}

function keyboard(isInFront = true): Keyboard {
  const clock = new FakeClock();
  const kept: (string | null | Error)[] = [];
  const waiting: ((text: string | null | Error) => void)[] = [];
  let pushes = 0;
  const read = async (into: Uint8Array): Promise<number | null> => {
    const { promise, resolve } = Promise.withResolvers<string | null | Error>();
    const ready = kept.shift();
    if (ready === undefined) waiting.push(resolve);
    else resolve(ready);
    const text = await promise;
    if (text instanceof Error) throw text;
    return text === null ? null : new TextEncoder().encodeInto(text, into).written;
  };
  const keys = stdinKeys({
    stdin: { read },
    push: () => pushes += 1,
    inFront: () => Promise.resolve(isInFront),
    clock,
  });
  return {
    keys,
    clock,
    reads: () => waiting.length,
    pushes: () => pushes,
    type: (text) => {
      const reader = waiting.shift();
      if (reader === undefined) kept.push(text);
      else reader(text);
    },
  };
}

/** Listens, and lets so much time pass that what comes now was typed for it. */
async function listening(
  { keys, clock }: Keyboard,
  signal: AbortSignal = NEVER,
): Promise<Held> {
  const promise = keys.line(signal);
  promise.catch(() => {
    // The test looks at it later.
  });
  await settle();
  clock.advance(400);
  return { promise };
}

Deno.test("line() brings the next line, without its end", async () => {
  const it = keyboard();
  const { promise } = await listening(it);
  it.type("o\n");
  assertEquals(await promise, { kind: "line", text: "o" });
});

Deno.test("line() drops what was typed before it was listened for", async () => {
  const it = keyboard();
  it.type("a\n");
  assertEquals(await it.keys.line(NEVER), { kind: "early" });
});

Deno.test("line() pushes out what stands half typed, which never becomes part of an answer", async () => {
  const it = keyboard();
  it.type("a");
  assertEquals(await it.keys.line(NEVER), { kind: "early" });
  assertEquals(it.pushes(), 1);
  const { promise } = await listening(it);
  it.type("\n");
  assertEquals(await promise, { kind: "line", text: "" });
});

Deno.test("line() rejects when the question is over, and keeps its read for the next", async () => {
  const it = keyboard();
  const settled = new AbortController();
  const { promise } = await listening(it, settled.signal);
  settled.abort(new Error("settled"));
  await assertRejects(() => promise, Error, "settled");
  assertEquals(it.reads(), 1);
  const next = await listening(it);
  assertEquals(it.reads(), 1);
  it.type("d\n");
  assertEquals(await next.promise, { kind: "line", text: "d" });
});

Deno.test("line() drops what a kept read brings between two questions", async () => {
  const it = keyboard();
  const settled = new AbortController();
  const { promise } = await listening(it, settled.signal);
  settled.abort();
  await assertRejects(() => promise);
  it.type("a\n");
  await settle();
  const next = await listening(it);
  it.type("d\n");
  assertEquals(await next.promise, { kind: "line", text: "d" });
});

Deno.test("line() drops what comes in the same moment as the end of a question", async () => {
  const it = keyboard();
  const settled = new AbortController();
  const { promise } = await listening(it, settled.signal);
  settled.abort();
  it.type("a\n");
  await assertRejects(() => promise);
  assertEquals(await it.keys.line(NEVER), { kind: "early" });
});

Deno.test("line() puts a line together, and drops what comes behind it in one piece", async () => {
  const it = keyboard();
  const { promise } = await listening(it);
  it.type("on");
  await settle();
  it.type("ce\na\n");
  assertEquals(await promise, { kind: "line", text: "once" });
});

Deno.test("line() keeps 1024 characters of a line", async () => {
  for (const length of [1024, 1025]) {
    const it = keyboard();
    const { promise } = await listening(it);
    it.type("x".repeat(length));
    await settle();
    it.type("\n");
    assertEquals(await promise, { kind: "line", text: "x".repeat(1024) });
  }
});

Deno.test("line() waits for a terminal that another program has made non-blocking", async () => {
  const it = keyboard();
  const { promise } = await listening(it);
  it.type(new Deno.errors.WouldBlock("nothing there"));
  await settle();
  assertEquals(it.reads(), 0);
  it.clock.advance(50);
  await settle();
  it.type("o\n");
  assertEquals(await promise, { kind: "line", text: "o" });
});

for (const end of [null, new Error("Input/output error")]) {
  Deno.test(`line() and ready() say that the terminal is gone after ${end ?? "its end"}`, async () => {
    const it = keyboard();
    const { promise } = await listening(it);
    assertEquals(await it.keys.ready(NEVER), true);
    it.type(end);
    assertEquals(await promise, { kind: "gone" });
    assertEquals(await it.keys.ready(NEVER), false);
  });
}

Deno.test("ready() is false in the background, where reading would stop us", async () => {
  const it = keyboard(false);
  assertEquals(await it.keys.ready(NEVER), false);
  assertEquals(it.reads(), 0);
});
