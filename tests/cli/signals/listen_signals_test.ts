import { assertEquals } from "@std/assert";
import { systemSignals } from "../../../src/cli/signals/listen_signals.ts";
import { systemClock } from "../../../src/net/system_clock.ts";

Deno.test("systemSignals() hears a signal of this process until it is disposed of", async () => {
  const heard: Deno.Signal[] = [];
  const done = new AbortController();
  {
    using _listening = systemSignals(["SIGUSR2"], (signal) => {
      heard.push(signal);
      done.abort();
    });
    Deno.kill(Deno.pid, "SIGUSR2");
    // Listening alone does not keep a program running: something has to wait.
    await systemClock.wait(5000, done.signal).catch(() => {});
  }
  assertEquals(heard, ["SIGUSR2"]);
});

Deno.test("systemSignals() passes over a signal that cannot be listened to", () => {
  using listening = systemSignals(["SIGKILL", "SIGUSR2"], () => {});
  assertEquals(typeof listening, "object");
});
