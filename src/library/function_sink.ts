import type { AuditRecord } from "../audit/audit_record.ts";
import type { AuditSink } from "../audit/audit_sink.ts";

/** A sink that calls a function of the embedding program, which holds the request up while it runs. */
export function functionSink(observe: (record: AuditRecord) => void): AuditSink {
  return { name: "function", lost: 0, write: observe, close: () => Promise.resolve() };
}
