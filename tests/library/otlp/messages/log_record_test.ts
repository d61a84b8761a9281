import { assertEquals } from "@std/assert";
import type { HappenedAudit } from "../../../../src/audit/audit_record.ts";
import { logRecordOf } from "../../../../src/library/otlp/messages/log_record.ts";
import { loadOtlpPackages } from "../../../../src/library/otlp/messages/otlp_packages.ts";
import { closeAudit, decisionAudit } from "../../../support/audit_records.ts";

const packages = await loadOtlpPackages();
const origin = {
  resource: packages.resources.emptyResource(),
  scope: { name: "s", version: "1" },
};

/** Records, and what people read of them. */
const BODIES: readonly (readonly [HappenedAudit, string])[] = [
  [decisionAudit(), "allow api.example.com:443 over https_connect: allow"],
  [
    decisionAudit({
      "network.policy.decision": "deny",
      "network.policy.reason": "not_allowed_local",
      "server.address": "::1",
      "server.port": 80,
      "network.transport.protocol": "http",
    }),
    "deny [::1]:80 over http: not_allowed_local",
  ],
  [closeAudit(), "tunnel done api.example.com:443 over https_connect"],
  [
    closeAudit({ "doorward.kind": "request", "doorward.outcome": "failed" }),
    "request failed api.example.com:443 over https_connect",
  ],
];

for (const [record, body] of BODIES) {
  Deno.test(`logRecordOf() says "${body}"`, () => {
    const { attributes, ...log } = logRecordOf(record, origin, packages);
    assertEquals(attributes, { ...record });
    const seconds = Math.floor(Date.parse(record["event.timestamp"]) / 1000);
    const nanoseconds = Number(record["event.timestamp"].slice(20, 23)) * 1_000_000;
    assertEquals(log, {
      hrTime: [seconds, nanoseconds],
      hrTimeObserved: [seconds, nanoseconds],
      severityNumber: 9,
      severityText: "INFO",
      eventName: record["event.name"],
      body,
      droppedAttributesCount: 0,
      resource: origin.resource,
      instrumentationScope: origin.scope,
    });
  });
}
