import { assertEquals } from "@std/assert";
import { isEarly } from "../../../src/cli/ask/early.ts";
import { FakeClock } from "../../support/fake_clock.ts";

Deno.test("isEarly() holds until nobody could have read and answered", () => {
  const clock = new FakeClock();
  clock.advance(1000);
  const since = clock.monotonic();
  assertEquals(isEarly(since, clock), true);
  clock.advance(399);
  assertEquals(isEarly(since, clock), true);
  clock.advance(1);
  assertEquals(isEarly(since, clock), false);
});
