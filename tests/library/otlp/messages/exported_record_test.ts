import { assertEquals } from "@std/assert";
import {
  attributesOf,
  hrTime,
  timeOf,
} from "../../../../src/library/otlp/messages/exported_record.ts";
import { closeAudit, decisionAudit } from "../../../support/audit_records.ts";

Deno.test("attributesOf() keeps every field as it is, but for what is not known", () => {
  const record = decisionAudit();
  assertEquals(attributesOf(record), { ...record });
  const unknown = { ...record, "doorward.rule": undefined } as unknown as typeof record;
  assertEquals(Object.hasOwn(attributesOf(unknown), "doorward.rule"), false);
});

const TIMES: readonly (readonly [number, readonly [number, number]])[] = [
  [0, [0, 0]],
  [1, [0, 1_000_000]],
  [999, [0, 999_000_000]],
  [1000, [1, 0]],
  [1_767_323_045_678, [1_767_323_045, 678_000_000]],
  [0.5, [0, 500_000]],
];

for (const [ms, expected] of TIMES) {
  Deno.test(`hrTime() of ${ms} ms`, () => assertEquals(hrTime(ms), [...expected]));
}

Deno.test("timeOf() is the time of the record", () => {
  assertEquals(timeOf(closeAudit()), Date.UTC(2026, 0, 2, 3, 4, 6, 178));
});
