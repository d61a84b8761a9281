import { assertEquals } from "@std/assert";
import { lossAudit } from "../../src/audit/loss_audit.ts";
import { decisionAudit } from "../support/audit_records.ts";

Deno.test("lossAudit() says whose records are missing, when, and how many", () => {
  assertEquals(lossAudit(decisionAudit({ "doorward.instance": "i9" }), 7), {
    target: "codex_otel.network_proxy",
    "event.name": "doorward.records_lost",
    "event.timestamp": "2026-01-02T03:04:05.678Z",
    "doorward.instance": "i9",
    "doorward.lost": 7,
  });
});

Deno.test("lossAudit() keeps what the program says of itself", () => {
  const metadata = { "conversation.id": "c", "app.version": "1", "user.account_id": "u" };
  const loss = lossAudit(decisionAudit(metadata), 1);
  assertEquals({ ...loss, ...metadata }, loss);
});
