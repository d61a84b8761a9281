import { assert, assertEquals } from "@std/assert";
import { AUDIT_SCHEMA } from "../../src/audit/audit_schema.ts";
import { closeAudit, decisionAudit, lossAuditOf } from "../support/audit_records.ts";
import { makeValidator } from "../support/schema_validator.ts";

const refusal = makeValidator(AUDIT_SCHEMA);

const OPTIONAL = {
  "conversation.id": "c",
  "app.version": "1.2.3",
  "user.account_id": "u",
  "doorward.attempt.id": "a",
  "doorward.label": "build",
  "doorward.command": "npm ci",
  "doorward.exec_policy_hint": "prompt",
};
const CHAINED = { "doorward.chain": "0123456789abcdef".repeat(4) };

const RECORDS: readonly (readonly [string, object])[] = [
  ["a decision", decisionAudit()],
  ["a decision with everything", { ...decisionAudit(OPTIONAL), ...CHAINED }],
  ["an end", closeAudit()],
  ["an end with everything", { ...closeAudit(OPTIONAL), ...CHAINED }],
  ["a loss", lossAuditOf()],
  ["a loss with everything", { ...lossAuditOf({ "app.version": "1" }), ...CHAINED }],
];

for (const [what, record] of RECORDS) {
  Deno.test(`AUDIT_SCHEMA takes ${what}`, () => assertEquals(refusal(record), null));

  Deno.test(`AUDIT_SCHEMA refuses ${what} with a field that there is not`, () => {
    assert(refusal({ ...record, "doorward.other": 1 }) !== null);
  });
}

/** What has to be there. */
const REQUIRED = [decisionAudit(), closeAudit(), lossAuditOf()].flatMap((record) =>
  Object.keys(record).filter((name) => name !== "doorward.rule").map((name) =>
    [name, record] as const
  )
);

Deno.test("AUDIT_SCHEMA refuses records without a field that all of their kind have", () => {
  for (const [name, record] of REQUIRED) {
    const { [name as keyof typeof record]: _, ...rest } = record;
    assert(refusal(rest) !== null, name);
  }
});

Deno.test("AUDIT_SCHEMA refuses fields of another type, and words that there are not", () => {
  for (const [name, record] of REQUIRED) {
    for (const value of [null, [], {}]) {
      assert(refusal({ ...record, [name]: value }) !== null, name);
    }
  }
  for (
    const change of [
      { "event.timestamp": "2026-01-02T03:04:05Z" },
      { "event.name": "other" },
      { "target": "other" },
      { "network.policy.decision": "maybe" },
      { "server.port": 65_536 },
      { "server.port": 1.5 },
      { "doorward.seq": 0 },
      { "doorward.chain": "A".repeat(64) },
    ]
  ) assert(refusal({ ...decisionAudit(), ...change }) !== null, JSON.stringify(change));
});

Deno.test("AUDIT_SCHEMA describes every field", () => {
  for (const { properties } of AUDIT_SCHEMA.oneOf) {
    assertEquals(Object.values(properties).filter(({ description }) => description === ""), []);
  }
});
