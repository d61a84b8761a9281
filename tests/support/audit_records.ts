import {
  AUDIT_TARGET,
  type CloseAudit,
  type DecisionAudit,
  POLICY_DECISION,
  REQUEST_CLOSE,
} from "../../src/audit/audit_record.ts";

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
