import { assertEquals } from "@std/assert";
import { AUDIT_SCHEMA } from "../../../src/audit/audit_schema.ts";
import { parseRecord } from "../../../src/audit/read/parse_record.ts";
import { closeAudit, decisionAudit, lossAuditOf } from "../../support/audit_records.ts";
import { makeValidator } from "../../support/schema_validator.ts";

const refusal = makeValidator(AUDIT_SCHEMA);

for (const record of [decisionAudit(), closeAudit(), lossAuditOf()]) {
  Deno.test(`parseRecord() reads ${record["event.name"]}`, () => {
    assertEquals(parseRecord(JSON.stringify(record)), record);
  });
}

const BAD: readonly (readonly [string, string])[] = [
  ["", "it is no JSON"],
  ["{", "it is no JSON"],
  ["[]", "it is no object"],
  ["null", "it is no object"],
  ["{}", 'it has no "event.name" that this version knows'],
  [
    JSON.stringify({ ...decisionAudit(), "event.name": "x" }),
    'it has no "event.name" that this version knows',
  ],
  [JSON.stringify({ ...lossAuditOf(), "doorward.lost": 0 }), 'its "doorward.lost" is none'],
  [JSON.stringify({ ...lossAuditOf(), "doorward.lost": undefined }), 'it has no "doorward.lost"'],
  // JSON has such numbers, and they are read as none: a sum with one in it would be none, too.
  [
    JSON.stringify(closeAudit()).replace('duration_ms":500', 'duration_ms":1e400'),
    'its "doorward.duration_ms" is none',
  ],
  [
    JSON.stringify({ ...lossAuditOf(), toString: 1 }),
    'this version knows no field "toString" of it',
  ],
];

for (const [text, why] of BAD) {
  Deno.test(`parseRecord() refuses ${text.slice(0, 60)}: ${why}`, () => {
    assertEquals(parseRecord(text), { kind: "bad", why });
  });
}

/** Values that a field may have, or not. */
const VALUES = [null, true, 0, -1, 1.5, 65_536, "", "x", "allow", "http", "domain", [], {}];

Deno.test("parseRecord() and the schema say the same", () => {
  let refused = 0;
  for (const record of [decisionAudit(), closeAudit(), lossAuditOf()]) {
    for (const name of [...Object.keys(record), "doorward.label", "doorward.chain", "other"]) {
      for (const value of VALUES) {
        const changed = { ...record, [name]: value };
        const isBad = "kind" in parseRecord(JSON.stringify(changed));
        assertEquals(isBad, refusal(changed) !== null, `${name} ${JSON.stringify(value)}`);
        if (isBad) refused += 1;
      }
    }
  }
  assertEquals(refused > 300, true);
});
