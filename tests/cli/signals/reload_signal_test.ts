import { assertEquals } from "@std/assert";
import { endSignal } from "../../../src/cli/signals/end_signal.ts";
import { reloadSignal } from "../../../src/cli/signals/reload_signal.ts";
import { fakeSurroundings, settle } from "../fake_surroundings.ts";

Deno.test("reloadSignal() reloads at each SIGHUP, and at nothing else", () => {
  const here = fakeSurroundings();
  let reloads = 0;
  using _listening = reloadSignal(here.signals, () => reloads += 1, () => false);
  (["SIGHUP", "SIGINT", "SIGTERM", "SIGHUP"] as const).forEach(here.send);
  assertEquals(reloads, 2);
});

Deno.test("reloadSignal() leaves the hangup of a terminal to endSignal()", async () => {
  const here = fakeSurroundings();
  let reloads = 0;
  let gone = false;
  using _listening = reloadSignal(here.signals, () => reloads += 1, () => gone);
  using end = endSignal(here.signals, here.clock, () => gone);
  here.send("SIGHUP");
  assertEquals(reloads, 1);
  gone = true;
  here.send("SIGHUP");
  await settle();
  assertEquals(reloads, 1);
  assertEquals(await end.asked, "SIGHUP");
});

Deno.test("reloadSignal() stops when it is disposed of", () => {
  const here = fakeSurroundings();
  let reloads = 0;
  reloadSignal(here.signals, () => reloads += 1, () => false)[Symbol.dispose]();
  here.send("SIGHUP");
  assertEquals(reloads, 0);
});
