import { assertEquals, assertThrows } from "@std/assert";
import { observer } from "../../src/library/observer.ts";

Deno.test("observer() takes what an async function rejects with, and leaves what one throws", async () => {
  const failed: unknown[] = [];
  const fail = (error: unknown) => failed.push(error);
  observer<number>((what) => Promise.reject(what), fail)(7);
  observer<number>(() => Promise.resolve(), fail)(8);
  await Promise.resolve();
  await Promise.resolve();
  assertEquals(failed, [7]);
  const throwing = observer(() => {
    throw new Error("broken");
  }, fail);
  assertThrows(() => throwing(9), Error, "broken");
});
