import type { HappenedAudit } from "./audit_record.ts";
import type { AuditSink } from "./audit_sink.ts";
import { lossAudit } from "./loss_audit.ts";
import { safeJson } from "./safe_json.ts";

/**
 * Audit records as lines of text, one each: to standard error, say.
 *
 * @param line takes one, or returns false; one that throws has not taken it
 */
export function auditLines(name: string, line: (text: string) => boolean): AuditSink {
  const print = (text: string) => {
    if (!line(text)) throw new Error("Cannot print: there is no room");
  };
  let lost = 0;
  /** Of those, how many no line tells of. */
  let untold = 0;
  let lastLost: HappenedAudit | null = null;
  return {
    name,
    get lost() {
      return lost;
    },
    write(record) {
      try {
        if (lastLost !== null) print(safeJson(lossAudit(lastLost, untold)));
        lastLost = null;
        untold = 0;
        print(safeJson(record));
      } catch {
        // Whoever takes the lines has no more room: what that cost is said as soon as there is some.
        lost += 1;
        untold += 1;
        lastLost = record;
      }
    },
    close: () => Promise.resolve(),
  };
}
