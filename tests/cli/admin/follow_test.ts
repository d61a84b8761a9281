import { assertEquals, assertRejects } from "@std/assert";
import type { AdminClient, Watcher } from "../../../src/cli/admin/admin_client.ts";
import { follow } from "../../../src/cli/admin/follow.ts";
import { fakeSurroundings } from "../fake_surroundings.ts";

const WATCHER: Watcher = { opened: () => Promise.resolve(), each: () => Promise.resolve() };

/** A proxy of which only the events matter. */
function proxy(events: AdminClient["events"]): AdminClient {
  const never = () => Promise.reject(new Error("This test asks nothing"));
  return { url: "http://127.0.0.1:8080", get: never, send: never, events };
}

Deno.test("follow() says when the proxy has ended", async () => {
  const here = fakeSurroundings();
  assertEquals(await follow(proxy(() => Promise.resolve()), "/events", here, WATCHER), 1);
  await here.terminal.err.flush();
  assertEquals(here.printed().err, "doorward: The proxy on http://127.0.0.1:8080 has ended\n");
});

Deno.test("follow() ends quietly with each signal that ends a command", async () => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    const here = fakeSurroundings();
    const events = (_path: string, over: AbortSignal) => {
      here.send(signal);
      return over.aborted ? Promise.reject(over.reason) : Promise.resolve();
    };
    assertEquals(await follow(proxy(events), "/events", here, WATCHER), 0);
    assertEquals(here.printed().err, "");
  }
});

Deno.test("follow() leaves a second signal to the system", async () => {
  let listening = 0;
  const here = {
    ...fakeSurroundings(),
    signals: (_names: readonly Deno.Signal[], on: (name: Deno.Signal) => void) => {
      listening += 1;
      queueMicrotask(() => on("SIGINT"));
      return { [Symbol.dispose]: () => void (listening = 0) };
    },
  };
  const seen: number[] = [];
  const events = async (_path: string, over: AbortSignal) => {
    seen.push(listening);
    await new Promise<void>((resolve) => over.addEventListener("abort", () => resolve()));
    seen.push(listening);
  };
  assertEquals(await follow(proxy(events), "/events", here, WATCHER), 0);
  assertEquals(seen, [1, 0]);
});

Deno.test("follow() hands on what went wrong", async () => {
  const failing = proxy(() => Promise.reject(new TypeError("bug")));
  await assertRejects(
    () => follow(failing, "/events", fakeSurroundings(), WATCHER),
    TypeError,
    "bug",
  );
});
