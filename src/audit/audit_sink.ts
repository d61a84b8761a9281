import type { HappenedAudit } from "./audit_record.ts";

/** Somewhere that audit records go. It must never hold anybody up. */
export interface AuditSink {
  /** Where they go, for people: `/var/log/doorward.jsonl`. */
  readonly name: string;
  /** How many records did not get there, so far. */
  readonly lost: number;
  /** Takes a record. Returns at once, never throws; what finds no room is lost, and counted. */
  readonly write: (record: HappenedAudit) => void;
  /** Resolves when everything taken has arrived, or is lost: within a few seconds in any case. */
  readonly close: () => Promise<void>;
}
