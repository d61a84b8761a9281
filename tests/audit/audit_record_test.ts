import { assertEquals, assertMatch } from "@std/assert";
import { closeAudit, decisionAudit } from "../support/audit_records.ts";

Deno.test("records bear the names of the seeds", () => {
  const { target, "event.name": name, "event.timestamp": time } = decisionAudit();
  assertEquals(target, "codex_otel.network_proxy");
  assertEquals(name, "codex.network_proxy.policy_decision");
  assertMatch(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assertEquals(closeAudit()["event.name"], "doorward.request_close");
});
