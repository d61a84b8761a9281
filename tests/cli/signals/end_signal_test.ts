import { assertEquals } from "@std/assert";
import { endSignal } from "../../../src/cli/signals/end_signal.ts";
import { fakeSurroundings, settle } from "../fake_surroundings.ts";

Deno.test("endSignal() tells the first signal", async () => {
  const here = fakeSurroundings();
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    using end = endSignal(here.signals, here.clock);
    here.send(signal);
    assertEquals(await end.asked, signal);
  }
});

Deno.test("endSignal() passes over SIGHUP where it asks for something else", async () => {
  const here = fakeSurroundings();
  using end = endSignal(here.signals, here.clock, () => false);
  here.send("SIGHUP");
  here.clock.advance(1000);
  here.send("SIGTERM");
  assertEquals(await end.asked, "SIGTERM");
});

Deno.test("endSignal() takes the echo of a key press for the same wish", async () => {
  const here = fakeSurroundings();
  using end = endSignal(here.signals, here.clock);
  let insisted = false;
  end.insisted.then(() => insisted = true);
  here.send("SIGINT");
  here.clock.advance(499);
  here.send("SIGINT");
  await settle();
  assertEquals(insisted, false);
  here.clock.advance(1);
  here.send("SIGINT");
  await settle();
  assertEquals(insisted, true);
});

Deno.test("endSignal() stops listening when it is disposed of", async () => {
  const here = fakeSurroundings();
  const end = endSignal(here.signals, here.clock);
  let asked = false;
  end.asked.then(() => asked = true);
  end[Symbol.dispose]();
  here.send("SIGINT");
  await settle();
  assertEquals(asked, false);
});
