import type { Clock } from "../../net/ports.ts";
import type { AuditSink } from "../audit_sink.ts";
import { lossAudit } from "../loss_audit.ts";
import { RecordLines } from "../record_line.ts";
import { safeJson } from "../safe_json.ts";
import { LINK_BYTES } from "./chain.ts";
import { openChainBook } from "./chain_book.ts";
import { RotatingFile } from "./rotating_file.ts";

/** How an audit file is written. */
export interface AuditFileOptions {
  readonly clock: Clock;
  /** Told, in one line, what is wrong with the file. */
  readonly diagnose: (line: string) => void;
  readonly bytesMax?: number;
  readonly filesKept?: number;
  /** Whether each line ends with a hash of what is before it. */
  readonly chain: boolean;
}

/** Audit records in a file, one line each; where some are missing a line says so. */
export function auditFile(path: string, { chain, ...options }: AuditFileOptions): AuditSink {
  const file = new RotatingFile(path, {
    ...options,
    chaining: chain ? { linkBytes: LINK_BYTES, open: openChainBook } : null,
  });
  const lines = new RecordLines();
  return {
    name: path,
    get lost() {
      return file.lost;
    },
    write: (record) =>
      file.line(lines.line(record), {
        kind: record["doorward.instance"],
        line: (lost) => safeJson(lossAudit(record, lost)),
      }),
    close: () => file.close(),
  };
}
