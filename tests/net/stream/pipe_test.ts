import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { latin1, latin1Bytes } from "../../../src/net/stream/latin1.ts";
import { Pipe } from "../../../src/net/stream/pipe.ts";
import { turn } from "../../support/in_time.ts";

async function readSome(pipe: Pipe, room = 100): Promise<string | null> {
  const into = new Uint8Array(room);
  const count = await pipe.read(into);
  return count === null ? null : latin1(into.subarray(0, count));
}

/** Whether a promise has settled once everything that is ready has happened. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const settle = () => {
    settled = true;
  };
  promise.then(settle, settle);
  await turn();
  return settled;
}

Deno.test("write() is done when all of it has been read, and not before", async () => {
  const pipe = new Pipe();
  const writing = pipe.write(latin1Bytes("abcde"));
  assertEquals(await readSome(pipe, 3), "abc");
  assertEquals(await isSettled(writing), false);
  assertEquals(await readSome(pipe, 3), "de");
  assertEquals(await writing, 5);
});

Deno.test("write() of nothing is done at once", async () => {
  assertEquals(await new Pipe().write(new Uint8Array(0)), 0);
});

Deno.test("read() waits for what is written", async () => {
  const pipe = new Pipe();
  const reading = readSome(pipe);
  assertEquals(await isSettled(reading), false);
  await pipe.write(latin1Bytes("a"));
  assertEquals(await reading, "a");
});

Deno.test("end() is seen behind what was written, and nothing follows it", async () => {
  const pipe = new Pipe();
  const waiting = readSome(pipe);
  pipe.end();
  assertEquals(await waiting, null);
  assertEquals(await readSome(pipe), null);
  await assertRejects(
    () => pipe.write(latin1Bytes("b")),
    TypeError,
    "Cannot write: the pipe has ended",
  );
});

Deno.test("abort() rejects both sides with its reason, the first that is given", async () => {
  for (const side of ["read", "write"] as const) {
    const pipe = new Pipe();
    const reason = new Error("this is why");
    const pending = side === "read" ? readSome(pipe) : pipe.write(latin1Bytes("lost"));
    const rejected = assertRejects(() => pending);
    pipe.abort(reason);
    pipe.abort(new Error("too late"));
    pipe.end();
    assertStrictEquals(await rejected, reason, side);
    assertStrictEquals(await assertRejects(() => readSome(pipe)), reason);
    assertStrictEquals(await assertRejects(() => pipe.write(latin1Bytes("b"))), reason);
  }
});

Deno.test("abort() behind the end takes the end back: what was on the way is not whole", async () => {
  const pipe = new Pipe();
  pipe.end();
  const reason = new Error("this is why");
  pipe.abort(reason);
  assertStrictEquals(await assertRejects(() => readSome(pipe)), reason);
});
