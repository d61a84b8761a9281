import { assertEquals } from "@std/assert";
import type { AuditRecord } from "../../src/audit/audit_record.ts";
import { functionSink } from "../../src/library/function_sink.ts";
import { closeAudit, decisionAudit } from "../support/audit_records.ts";

Deno.test("a function gets each record, at once and in order", async () => {
  const seen: AuditRecord[] = [];
  const sink = functionSink((record) => void seen.push(record));
  sink.write(decisionAudit());
  sink.write(closeAudit());
  assertEquals(seen, [decisionAudit(), closeAudit()]);
  await sink.close();
  assertEquals(sink.lost, 0);
});
