import { assertEquals } from "@std/assert";
import type { Child } from "../../../src/cli/child.ts";
import { forwardSignals } from "../../../src/cli/signals/forward_signals.ts";
import { fakeSurroundings } from "../fake_surroundings.ts";

function child(): Child & { readonly got: Deno.Signal[] } {
  const got: Deno.Signal[] = [];
  return { got, code: Promise.resolve(0), kill: (signal) => got.push(signal) };
}

Deno.test("forwardSignals() hands on what the child would not get by itself", () => {
  const here = fakeSurroundings();
  using forwarding = forwardSignals(here.signals, false);
  const it = child();
  forwarding.to(it);
  const all = ["SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"] as const;
  all.forEach(here.send);
  assertEquals(it.got, [...all]);
});

Deno.test("forwardSignals() keeps the keyboard's signals on a terminal: the child has them", () => {
  const here = fakeSurroundings();
  using forwarding = forwardSignals(here.signals, true);
  const it = child();
  forwarding.to(it);
  (["SIGINT", "SIGQUIT", "SIGTERM"] as const).forEach(here.send);
  assertEquals(it.got, ["SIGTERM"]);
});

Deno.test("forwardSignals() keeps what arrives before there is a child", () => {
  const here = fakeSurroundings();
  using forwarding = forwardSignals(here.signals, false);
  here.send("SIGTERM");
  const it = child();
  forwarding.to(it);
  assertEquals(it.got, ["SIGTERM"]);
});

Deno.test("forwardSignals() stops when it is disposed of", () => {
  const here = fakeSurroundings();
  const it = child();
  {
    using forwarding = forwardSignals(here.signals, false);
    forwarding.to(it);
  }
  here.send("SIGTERM");
  assertEquals(it.got, []);
});
