import { assertEquals } from "@std/assert";
import type { AuditRecord } from "../../../src/audit/audit_record.ts";
import {
  AuditSummary,
  HOSTS_MAX,
  OTHER_REASONS,
  requestsOf,
} from "../../../src/audit/summary/audit_summary.ts";
import { closeAudit, decisionAudit, lossAuditOf } from "../../support/audit_records.ts";

function summed(records: readonly AuditRecord[], filter = {}) {
  const counting = new AuditSummary({ since: null, label: null, ...filter });
  records.forEach((record) => counting.add(record));
  return counting.summary;
}

const blocked = (host: string, reason = "not_allowed") =>
  decisionAudit({
    "server.address": host,
    "network.policy.decision": "deny",
    "network.policy.reason": reason,
  });

Deno.test("add() counts decisions, in all and by host", () => {
  const asked = decisionAudit({
    "network.policy.decision": "ask",
    "network.policy.reason": "not_allowed",
  });
  const { total, hosts, reasons } = summed([
    decisionAudit(),
    decisionAudit({ "network.policy.override": true }),
    asked,
    blocked("a.test"),
    blocked("a.test", "denied"),
    closeAudit(),
    closeAudit(),
  ]);
  assertEquals(total, {
    allowed: 2,
    overridden: 1,
    blocked: 2,
    asked: 1,
    bytes_up: 1034,
    bytes_down: 8192,
    duration_ms: 1000,
  });
  assertEquals(hosts.map((each) => [each.host, each.port, requestsOf(each), each.reasons]), [
    ["api.example.com", 443, 3, { not_allowed: 1 }],
    ["a.test", 443, 2, { not_allowed: 1, denied: 1 }],
  ]);
  assertEquals(reasons, [{ reason: "not_allowed", count: 2 }, { reason: "denied", count: 1 }]);
});

Deno.test("add() tells the ports of a host apart", () => {
  const { hosts } = summed([decisionAudit(), decisionAudit({ "server.port": 80 })]);
  assertEquals(hosts.map(({ port }) => port), [443, 80]);
});

Deno.test("add() knows the time span whatever the order", () => {
  const at = (time: string) => decisionAudit({ "event.timestamp": time });
  const [a, b, c] = ["2026-01-01", "2026-01-02", "2026-01-03"].map((day) => `${day}T00:00:00.000Z`);
  const { first, last, records } = summed([at(b!), at(c!), at(a!)]);
  assertEquals([first, last, records], [a, c, 3]);
  assertEquals(summed([]).first, null);
});

Deno.test("add() leaves out what was before, and the runs of another name", () => {
  const records = [
    decisionAudit({ "event.timestamp": "2026-01-01T00:00:00.000Z", "doorward.label": "a" }),
    decisionAudit({ "event.timestamp": "2026-01-02T00:00:00.000Z", "doorward.label": "b" }),
    decisionAudit({ "event.timestamp": "2026-01-03T00:00:00.000Z" }),
    lossAuditOf({ "event.timestamp": "2026-01-03T00:00:00.000Z", "doorward.lost": 5 }),
  ];
  assertEquals(summed(records, { since: Date.UTC(2026, 0, 2) }).total.allowed, 2);
  const labelled = summed(records, { label: "a" });
  assertEquals([labelled.total.allowed, labelled.lost], [1, 5]);
});

Deno.test("add() tells so many hosts apart, and counts the others together", () => {
  const records = Array.from({ length: HOSTS_MAX + 3 }, (_, at) => blocked(`h${at}.test`));
  const { hosts, other_hosts, total } = summed([...records, blocked("h0.test")]);
  assertEquals([hosts.length, other_hosts.blocked, total.blocked], [HOSTS_MAX, 3, HOSTS_MAX + 4]);
  assertEquals(hosts[0]!.blocked, 2);
});

Deno.test("add() does not hold any number of reasons", () => {
  const { reasons } = summed(Array.from({ length: 150 }, (_, at) => blocked("a.test", `r${at}`)));
  assertEquals(reasons.length, 101);
  assertEquals(reasons[0], { reason: OTHER_REASONS, count: 50 });
});

Deno.test("addBroken() counts lines, and names the first", () => {
  const counting = new AuditSummary({ since: null, label: null });
  counting.addBroken("a:1");
  counting.addBroken("a:9");
  assertEquals([counting.summary.broken, counting.summary.first_broken], [2, "a:1"]);
});
