import { assertEquals, assertRejects } from "@std/assert";
import { proxyEnding } from "../../src/library/proxy_ending.ts";

Deno.test("a proxy ends once, its records last, and sooner when it is asked again", async () => {
  const log: string[] = [];
  const graceful = Promise.withResolvers<void>();
  const proxy = {
    shutdown: async (graceMs: number) => {
      log.push(`shutdown ${graceMs}`);
      if (graceMs > 0) await graceful.promise;
      graceful.resolve();
    },
  };
  const sink = {
    name: "memory",
    lost: 0,
    write: () => {},
    close: () => Promise.resolve(void log.push("sink")),
  };
  const admin = { close: () => Promise.resolve(void log.push("admin")) };
  const following = { [Symbol.asyncDispose]: () => Promise.resolve(void log.push("following")) };
  const decider = { close: () => Promise.resolve(void log.push("decider")) };
  const audit = { sinks: [sink], metadata: {} };
  const ending = proxyEnding(proxy, { admin, decider, audit, violations: null, following });
  const patient = ending.shutdown(5000);
  await ending.shutdown(0);
  await patient;
  await ending.over;
  assertEquals(log, ["shutdown 5000", "shutdown 0", "following", "decider", "admin", "sink"]);
});

Deno.test("what cannot end keeps nothing else open, and nobody waiting", async () => {
  const events: string[] = [];
  const closing = (name: string) => ({
    close: () => {
      events.push(name);
      return Promise.reject(new Error(`${name} is stuck`));
    },
  });
  const ending = proxyEnding({ shutdown: () => Promise.resolve() }, {
    admin: closing("admin"),
    decider: closing("decider"),
    audit: { sinks: [{ name: "sink", lost: 0, write: () => {}, ...closing("audit") }] },
    violations: null,
    following: { [Symbol.asyncDispose]: closing("following").close },
  });
  await assertRejects(() => ending.shutdown(0));
  await ending.over;
  assertEquals(events, ["following", "decider", "admin", "audit"]);
});
