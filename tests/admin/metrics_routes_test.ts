import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { metricsText } from "../../src/admin/metrics_routes.ts";
import { DEFAULT_LIMITS } from "../../src/proxy/limits.ts";
import { connectTo, policyOf } from "../support/policy.ts";
import { type AdminOptions, makeAdmin, type TestAdmin } from "./make_admin.ts";

async function metricsOf(admin: TestAdmin): Promise<string> {
  const reply = await admin.call("GET /metrics");
  assertEquals(reply.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  return await reply.text();
}

/** The samples of a metric, without its name. */
async function samples(name: string, admin: TestAdmin): Promise<string[]> {
  const lines = (await metricsOf(admin)).split("\n");
  return lines.filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .map((line) => line.slice(name.length).trim());
}

Deno.test("GET /metrics prints what Prometheus reads", async () => {
  using admin = makeAdmin();
  const text = await metricsOf(admin);
  assert(text.endsWith("\n") && !text.includes("\n\n"));
  const line =
    /^(?:# HELP doorward_\w+ [A-Z][^\n]*\.|# TYPE doorward_\w+ (?:counter|gauge)|doorward_\w+(?:\{\w+="[^"\n]*"(?:,\w+="[^"\n]*")*\})? \d+(?:\.\d+)?)$/;
  for (const told of text.trimEnd().split("\n")) assert(line.test(told), told);
  const names = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, type]) => [name, type]);
  assertEquals(new Set(names.map(([name]) => name)).size, names.length);
  for (const [name = "", type] of names) assertEquals(name.endsWith("_total"), type === "counter");
});

Deno.test("GET /metrics tells what is in force", async () => {
  const fault = { at: 1, message: "Cannot reload", faults: [] };
  using admin = makeAdmin({ fault, policy: policyOf({ allow: ["a.test", "b.test"] }) });
  admin.base.add("c.test", { list: "deny" });
  admin.base.live.setMode("limited");
  assertEquals(await samples("doorward_build_info", admin), ['{version="1.2.3"} 1']);
  assertEquals(await samples("doorward_enabled", admin), ["1"]);
  assertEquals(await samples("doorward_mode", admin), ['{mode="limited"} 1']);
  assertEquals(await samples("doorward_policy_generation", admin), [
    String(admin.base.live.current.generation),
  ]);
  assertEquals(await samples("doorward_policy_rules", admin), [
    '{list="allow"} 2',
    '{list="deny"} 1',
  ]);
  assertEquals(await samples("doorward_config_fault", admin), ["1"]);
});

/** A policy, and what is told of it. */
const SWITCHES: readonly (readonly [AdminOptions, string, string])[] = [
  [{ policy: policyOf({}, { enabled: false }) }, "doorward_enabled", "0"],
  [{ policy: policyOf({}) }, "doorward_config_fault", "0"],
];

for (const [options, name, value] of SWITCHES) {
  Deno.test(`GET /metrics tells ${name} ${value}`, async () => {
    using admin = makeAdmin(options);
    assertEquals(await samples(name, admin), [value]);
  });
}

Deno.test("GET /metrics counts decisions by kind, and never by what a client chose", async () => {
  using admin = makeAdmin();
  const { tally } = admin.base;
  const kind = { protocol: "http", rule: null, host: "chosen.test" } as const;
  tally.note({ ...kind, decision: "allow", reason: null });
  tally.note({ ...kind, decision: "deny", reason: "not_allowed" });
  tally.note({ ...kind, decision: "deny", reason: "not_allowed", host: 'x"} 1\ny' });
  assertEquals(await samples("doorward_decisions_total", admin), [
    '{protocol="http",decision="allow",reason="none"} 1',
    '{protocol="http",decision="deny",reason="not_allowed"} 2',
  ]);
  assert(!(await metricsOf(admin)).includes("chosen.test"));
});

Deno.test("GET /metrics counts connections, questions and events", async () => {
  using admin = makeAdmin();
  admin.ask(connectTo("a.test")).outcome.catch(() => {});
  const denied = admin.ask(connectTo("b.test")).outcome;
  await admin.questions.answer("q2", { decision: "deny", scope: { kind: "once" }, by: "admin" });
  await denied;
  const reader = admin.base.feed.read()!;
  assertEquals(await samples("doorward_connections", admin), ["2"]);
  assertEquals(await samples("doorward_connections_total", admin), ["0"]);
  assertEquals(await samples("doorward_tunnel_bytes_total", admin), [
    '{direction="up"} 0',
    '{direction="down"} 0',
  ]);
  assertEquals(await samples("doorward_questions", admin), ["1"]);
  const settled = await samples("doorward_questions_total", admin);
  assertStringIncludes(settled.join("\n"), '{outcome="denied"} 1');
  assertEquals(settled.some((line) => line.includes("asked")), false);
  assertEquals(await samples("doorward_event_readers", admin), ["1"]);
  assertEquals(await samples("doorward_events_total", admin), ["3"]);
  assertEquals(await samples("doorward_events_dropped_total", admin), ["0"]);
  reader.close();
});

Deno.test("GET /metrics counts every limit that there is, reached or not", async () => {
  using admin = makeAdmin();
  admin.parts.proxy.limits.reached("headMs");
  const told = await samples("doorward_limit_reached_total", admin);
  assertEquals(told.length, Object.keys(DEFAULT_LIMITS).length);
  assertEquals(told.filter((line) => !line.endsWith(" 0")), ['{limit="head_seconds"} 1']);
});

Deno.test("metricsText() escapes what a label cannot hold", () => {
  const samples = [{ labels: { a: 'x"y\\z\nw', b: "" }, value: 1.5 }, { value: 2 }];
  assertEquals(
    metricsText([{ name: "m", help: "Help.", type: "gauge", samples }]),
    '# HELP m Help.\n# TYPE m gauge\nm{a="x\\"y\\\\z\\nw",b=""} 1.5\nm 2\n',
  );
});

Deno.test("GET /metrics tells of audit records, and of those that were lost, where there is a sink", async () => {
  using without = makeAdmin();
  assertEquals((await metricsOf(without)).includes("doorward_audit"), false);
  const sink = { name: '/var/log/"audit".jsonl', lost: 3, write: () => {}, close: async () => {} };
  using admin = makeAdmin({ sinks: [sink] });
  const text = await metricsOf(admin);
  assertStringIncludes(text, "\ndoorward_audit_records_total 0\n");
  assertStringIncludes(text, 'doorward_audit_lost_total{sink="/var/log/\\"audit\\".jsonl"} 3\n');
});
