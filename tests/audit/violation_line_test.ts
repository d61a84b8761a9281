import { assertEquals } from "@std/assert";
import type { BlockedRecord } from "../../src/audit/blocked_record.ts";
import { violationLine } from "../../src/audit/violation_line.ts";

const RECORD: BlockedRecord = {
  host: "google.com",
  reason: "not_allowed",
  client: "127.0.0.1",
  method: "GET",
  mode: "full",
  protocol: "http",
  decision: "ask",
  source: "decider",
  port: 80,
  timestamp: 1735689600,
  generation: 1,
  listener: "127.0.0.1:3128",
};

// Upstream: blocked_request_violation_log_line_serializes_payload.
Deno.test("violationLine() prints the seeds' line, key for key", () => {
  assertEquals(
    violationLine(RECORD),
    'CODEX_NETWORK_POLICY_VIOLATION {"host":"google.com","reason":"not_allowed",' +
      '"client":"127.0.0.1","method":"GET","mode":"full","protocol":"http","decision":"ask",' +
      '"source":"decider","port":80,"timestamp":1735689600,"generation":1,"listener":"127.0.0.1:3128"}',
  );
});

Deno.test("violationLine() stays one line whatever is in the record", () => {
  const line = violationLine({ ...RECORD, method: "G\n\r\u2028ET", attempt_id: '"}\nCODEX {' });
  assertEquals(line.split(/[\n\r]/).length, 1);
});
