import { assertEquals, assertRejects } from "@std/assert";
import { unlessAborted } from "../../../src/net/time/unless_aborted.ts";
import { never } from "../../support/door.ts";

const CALM = new AbortController().signal;

Deno.test("unlessAborted() is the promise while nothing is aborted", async () => {
  assertEquals(await unlessAborted(Promise.resolve(1), CALM), 1);
  await assertRejects(() => unlessAborted(Promise.reject(new RangeError("x")), CALM), RangeError);
});

Deno.test("unlessAborted() rejects with the reason, whenever it comes", async () => {
  const reason = new TypeError("late");
  await assertRejects(
    () => unlessAborted(never(CALM), AbortSignal.abort(reason)),
    TypeError,
    "late",
  );
  const controller = new AbortController();
  const waiting = unlessAborted(never(CALM), controller.signal);
  controller.abort(reason);
  await assertRejects(() => waiting, TypeError, "late");
});

Deno.test("unlessAborted() leaves no failure of the promise unheard", async () => {
  const controller = new AbortController();
  const { promise, reject } = Promise.withResolvers<never>();
  const waiting = unlessAborted(promise, controller.signal);
  controller.abort(new TypeError("late"));
  await assertRejects(() => waiting, TypeError);
  reject(new Error("nobody waits any more"));
  await Promise.resolve();
});
