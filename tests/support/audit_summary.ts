import type { AuditRecord } from "../../src/audit/audit_record.ts";
import { AuditSummary, type Summary } from "../../src/audit/summary/audit_summary.ts";
import { closeAudit, decisionAudit } from "./audit_records.ts";

/** A request that was blocked. */
export function blockedAudit(host: string, reason = "not_allowed", port = 443): AuditRecord {
  return decisionAudit({
    "server.address": host,
    "server.port": port,
    "network.policy.decision": "deny",
    "network.policy.reason": reason,
  });
}

/** What records come to. */
export function summaryOf(...records: readonly AuditRecord[]): Summary {
  const counting = new AuditSummary({ since: null, label: null });
  records.forEach((record) => counting.add(record));
  return counting.summary;
}

/** A day on which something of everything happened. */
export const A_DAY: readonly AuditRecord[] = [
  decisionAudit(),
  closeAudit(),
  decisionAudit({ "network.policy.override": true }),
  blockedAudit("pypi.org"),
  blockedAudit("files.pythonhosted.org"),
  blockedAudit("10.0.0.1", "not_allowed_local", 80),
];
