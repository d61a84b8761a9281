import type { BlockedRecord } from "../../src/audit/blocked_record.ts";

/** A CONNECT to b.test that no rule allowed, but for `part`. */
export function blockedRecord(part: Partial<BlockedRecord> = {}): BlockedRecord {
  return {
    host: "b.test",
    reason: "not_allowed",
    client: null,
    method: null,
    mode: null,
    protocol: "http-connect",
    decision: "deny",
    source: "baseline_policy",
    port: 443,
    timestamp: 0,
    generation: 1,
    listener: "127.0.0.1:3128",
    ...part,
  };
}
