import type { AuditMetadata } from "../audit/audit_record.ts";
import type { AuditSink } from "../audit/audit_sink.ts";

/** Where records go while a proxy runs. */
export interface OpenAudit {
  readonly sinks: readonly AuditSink[];
  readonly metadata: AuditMetadata;
}

/** Closes every sink, each within its own time. */
export async function closeAudit({ sinks }: OpenAudit): Promise<void> {
  await Promise.all(sinks.map((sink) => sink.close()));
}
