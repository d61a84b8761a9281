import {
  AUDIT_TARGET,
  type CloseAudit,
  type DecisionAudit,
  type HappenedAudit,
  type LossAudit,
  POLICY_DECISION,
  RECORDS_LOST,
  REQUEST_CLOSE,
} from "../../src/audit/audit_record.ts";
import type { AuditSink } from "../../src/audit/audit_sink.ts";

/** A decision as it is recorded: a request for api.example.com that a rule allowed. */
export function decisionAudit(change: Partial<DecisionAudit> = {}): DecisionAudit {
  return {
    target: AUDIT_TARGET,
    "event.name": POLICY_DECISION,
    "event.timestamp": "2026-01-02T03:04:05.678Z",
    "network.policy.scope": "domain",
    "network.policy.decision": "allow",
    "network.policy.source": "baseline_policy",
    "network.policy.reason": "allow",
    "network.transport.protocol": "https_connect",
    "server.address": "api.example.com",
    "server.port": 443,
    "http.request.method": "CONNECT",
    "client.address": "127.0.0.1:50000",
    "network.policy.override": false,
    "doorward.instance": "i1",
    "doorward.seq": 1,
    "doorward.request.id": 1,
    "doorward.policy.generation": 1,
    "doorward.rule": "api.example.com",
    "doorward.listener": "127.0.0.1:3128",
    ...change,
  };
}

/** The end of that request. */
export function closeAudit(change: Partial<CloseAudit> = {}): CloseAudit {
  return {
    target: AUDIT_TARGET,
    "event.name": REQUEST_CLOSE,
    "event.timestamp": "2026-01-02T03:04:06.178Z",
    "network.transport.protocol": "https_connect",
    "server.address": "api.example.com",
    "server.port": 443,
    "http.request.method": "CONNECT",
    "client.address": "127.0.0.1:50000",
    "doorward.kind": "tunnel",
    "doorward.outcome": "done",
    "doorward.bytes.up": 517,
    "doorward.bytes.down": 4096,
    "doorward.duration_ms": 500,
    "doorward.instance": "i1",
    "doorward.seq": 2,
    "doorward.request.id": 1,
    "doorward.listener": "127.0.0.1:3128",
    ...change,
  };
}

/** Keeps every record in `into`. */
export function memorySink(into: HappenedAudit[]): AuditSink {
  return {
    name: "memory",
    lost: 0,
    write: (record) => into.push(record),
    close: () => Promise.resolve(),
  };
}

/** The decisions among records, oldest first. */
export function decisionsOf(records: readonly HappenedAudit[]): DecisionAudit[] {
  return records.filter((record) => record["event.name"] === POLICY_DECISION);
}

/** The ends among records, oldest first. */
export function closesOf(records: readonly HappenedAudit[]): CloseAudit[] {
  return records.filter((record) => record["event.name"] === REQUEST_CLOSE);
}

/**
 * Says what is wrong with all the records of a proxy that has shut down: a gap in their numbers, something that was let
 * through and has no end, or an end of what was not. Null when nothing is.
 */
export function faultOfRecords(records: readonly HappenedAudit[]): string | null {
  const open = new Map<number, number>();
  for (const [index, record] of records.entries()) {
    if (record["doorward.seq"] !== index + 1) return `record ${index + 1} has another number`;
    const id = record["doorward.request.id"];
    const count = open.get(id) ?? 0;
    if (record["event.name"] === REQUEST_CLOSE) {
      if (count === 0) return `request ${id} ends, and was not let through`;
      open.set(id, count - 1);
    } else if (record["network.policy.decision"] === "allow") {
      open.set(id, count + 1);
    }
  }
  const endless = [...open].filter(([, count]) => count > 0).map(([id]) => id);
  return endless.length === 0 ? null : `no end of what was let through: ${endless.join(", ")}`;
}
/** Where records of that instance are missing. */
export function lossAuditOf(change: Partial<LossAudit> = {}): LossAudit {
  return {
    target: AUDIT_TARGET,
    "event.name": RECORDS_LOST,
    "event.timestamp": "2026-01-02T03:04:07.000Z",
    "doorward.instance": "i1",
    "doorward.lost": 1,
    ...change,
  };
}
