import type { BlockedRecord } from "./blocked_record.ts";
import { safeJson } from "./safe_json.ts";

/** A blocked request as one line of the violation log (the seeds), without its line end. */
export function violationLine(record: BlockedRecord): string {
  return `CODEX_NETWORK_POLICY_VIOLATION ${safeJson(record)}`;
}
