import { assert } from "@std/assert";
import { ProxyClock } from "../../../src/admin/dashboard/clock.js";

Deno.test("ProxyClock follows a clock that is ahead", () => {
  const clock = new ProxyClock();
  const before = clock.now();
  clock.set(before + 3600);
  assert(Math.abs(clock.now() - before - 3600) < 60);
});

Deno.test("ProxyClock takes the way of an answer for no difference", () => {
  const clock = new ProxyClock();
  const before = clock.now();
  clock.set(before - 1);
  assert(clock.now() >= before);
});
