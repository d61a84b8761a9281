import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import type { CloseAudit } from "../../../../src/audit/audit_record.ts";
import { loadOtlpPackages } from "../../../../src/library/otlp/messages/otlp_packages.ts";
import { isSpanned, spanOf } from "../../../../src/library/otlp/messages/span.ts";
import { closeAudit, decisionAudit } from "../../../support/audit_records.ts";

const packages = await loadOtlpPackages();
const origin = {
  resource: packages.resources.emptyResource(),
  scope: { name: "s", version: "1" },
};
const span = (change: Partial<CloseAudit> = {}) => spanOf(closeAudit(change), origin, packages);

Deno.test("isSpanned() is so of what lasted, and over", () => {
  const kinds = ["request", "tunnel", "datagrams"] as const;
  const ends = kinds.map((kind) => closeAudit({ "doorward.kind": kind }));
  assertEquals([...ends, decisionAudit()].map(isSpanned), [false, true, true, false]);
});

Deno.test("spanOf() begins with the decision and ends with the record", () => {
  const { startTime, endTime, duration, kind, name, attributes } = span();
  assertEquals(
    [startTime, endTime, duration, kind, name],
    [[1_767_323_045, 678_000_000], [1_767_323_046, 178_000_000], [0, 500_000_000], 2, "tunnel"],
  );
  assertEquals(attributes, { ...closeAudit() });
});

Deno.test("spanOf() is an error where the server failed, and nowhere else", () => {
  const codes = (["done", "failed", "closed"] as const)
    .map((outcome) => span({ "doorward.outcome": outcome }).status.code);
  assertEquals(codes, [0, 2, 0]);
});

Deno.test("spanOf() gives each span identifiers of its own", () => {
  const [one, other] = [span().spanContext(), span().spanContext()];
  assertMatch(one.traceId, /^[0-9a-f]{32}$/);
  assertMatch(one.spanId, /^[0-9a-f]{16}$/);
  assertNotEquals(one.traceId, other.traceId);
  assertNotEquals(one.spanId, other.spanId);
  const made = span();
  assertEquals(made.spanContext(), made.spanContext());
});
