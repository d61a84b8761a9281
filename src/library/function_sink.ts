import type { AuditRecord } from "../audit/audit_record.ts";
import type { AuditSink } from "../audit/audit_sink.ts";
import { observer } from "./observer.ts";

/** A sink that calls a function of the embedding program, which holds the request up while it runs. */
export function functionSink(observe: (record: AuditRecord) => void): AuditSink {
  let lost = 0;
  return {
    name: "function",
    get lost() {
      return lost;
    },
    write: observer(observe, () => lost += 1),
    close: () => Promise.resolve(),
  };
}
