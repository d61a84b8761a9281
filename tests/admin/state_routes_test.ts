import { assertEquals, assertObjectMatch } from "@std/assert";
import { blockedRecord } from "../support/blocked.ts";
import { connectTo, policyOf } from "../support/policy.ts";
import { makeAdmin, type TestAdmin } from "./make_admin.ts";

async function get(admin: TestAdmin, path: string) {
  return await (await admin.call(`GET ${path}`)).json();
}

Deno.test("GET /health tells that all is well, and what is in force", async () => {
  using admin = makeAdmin({ blocked: [blockedRecord(), blockedRecord()] });
  admin.base.add("a.test");
  admin.ask(connectTo("b.test")).outcome.catch(() => {});
  admin.base.clock.advance(2600);
  assertEquals(await get(admin, "/health"), {
    status: "ok",
    version: "1.2.3",
    generation: 2,
    mode: "full",
    enabled: true,
    uptime_seconds: 3,
    loaded_at: 1_767_225_600,
    sources: ["/etc/doorward.toml"],
    rules: { allow: 2, deny: 1, runtime: 1 },
    connections: 2,
    pending: 1,
    blocked_total: 2,
    audit: { records: 0, sinks: [] },
    fault: null,
  });
});

Deno.test("GET /health tells how long it has run, whatever the clock was set to", async () => {
  using admin = makeAdmin();
  admin.base.clock.advance(5000);
  admin.base.clock.jump(-86_400_000);
  assertEquals((await get(admin, "/health")).uptime_seconds, 5);
});

Deno.test("GET /health is degraded while the file cannot be used, and says why", async () => {
  const faults = [{ file: "/x", line: 1, column: 2, message: "unknown key" }];
  const fault = { at: 7, message: "Cannot reload", faults };
  using admin = makeAdmin({ fault });
  assertObjectMatch(await get(admin, "/health"), { status: "degraded", fault });
});

Deno.test("GET /health tells the mode in force, not the one in the file", async () => {
  using admin = makeAdmin({ policy: policyOf({}, { enabled: false }) });
  admin.base.live.setMode("limited");
  assertObjectMatch(await get(admin, "/health"), { mode: "limited", enabled: false });
});

Deno.test("GET /config tells the keys, with the mode in force", async () => {
  using admin = makeAdmin();
  admin.base.live.setMode("limited");
  assertEquals(await get(admin, "/config"), {
    network: { enabled: true, mode: "limited", upstream_proxy: "…" },
    sources: ["/etc/doorward.toml"],
    generation: 2,
  });
});

Deno.test("GET /patterns tells every rule in force, and where it is from", async () => {
  using admin = makeAdmin();
  admin.base.add("a.test");
  const { allowed, denied, rules, generation } = await get(admin, "/patterns");
  assertEquals([allowed, denied, generation], [["configured.test", "a.test"], ["denied.test"], 2]);
  assertObjectMatch(rules[0], { id: null, pattern: "denied.test", origin: "config", line: 1 });
  assertObjectMatch(rules.at(-1), { id: "r1", pattern: "a.test", origin: "runtime", line: null });
  assertEquals(rules, JSON.parse(JSON.stringify(admin.base.live.rules)));
});

Deno.test("GET /stats tells the traffic by second and by host", async () => {
  using admin = makeAdmin();
  const { tally, clock } = admin.base;
  const at = clock.now() / 1000;
  const kind = { protocol: "http", rule: null, host: "a.test" } as const;
  tally.note({ ...kind, decision: "allow", reason: null });
  clock.advance(1000);
  tally.note({ ...kind, decision: "deny", reason: "denied" });
  assertEquals(await get(admin, "/stats"), {
    now: at + 1,
    seconds: [{ at, requests: 1, blocked: 0 }, { at: at + 1, requests: 1, blocked: 1 }],
    hosts: [{ host: "a.test", requests: 2, blocked: 1, last_at: at + 1 }],
    totals: { requests: 2, blocked: 1 },
  });
});

Deno.test("GET /stats ranks a hundred hosts, the busiest first", async () => {
  using admin = makeAdmin();
  const kind = { protocol: "http", rule: null, decision: "allow", reason: null } as const;
  for (let count = 0; count < 150; count++) admin.base.tally.note({ ...kind, host: `h${count}` });
  admin.base.tally.note({ ...kind, host: "h77" });
  const { hosts } = await get(admin, "/stats");
  assertEquals([hosts.length, hosts[0].host], [100, "h77"]);
});
