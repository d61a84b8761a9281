import { assertEquals } from "@std/assert";
import type { DecisionSource } from "../../../../src/policy/decision.ts";
import { BLOCK_REASONS } from "../../../../src/policy/decision.ts";
import { PROTOCOLS } from "../../../../src/policy/request.ts";
import { DURATION_BOUNDS, Measures } from "../../../../src/library/otlp/messages/measures.ts";
import { closeAudit, decisionAudit } from "../../../support/audit_records.ts";

Deno.test("Measures counts decisions by what they are", () => {
  const measures = new Measures();
  measures.note(decisionAudit());
  measures.note(decisionAudit({ "server.address": "other.test", "client.address": "unknown" }));
  measures.note(decisionAudit({ "network.policy.decision": "deny" }));
  assertEquals(measures.decisions.map(({ words, value }) => [Object.values(words), value]), [
    [["allow", "baseline_policy", "allow", "https_connect"], 2],
    [["deny", "baseline_policy", "allow", "https_connect"], 1],
  ]);
  assertEquals(Object.keys(measures.decisions[0]!.words), [
    "network.policy.decision",
    "network.policy.source",
    "network.policy.reason",
    "network.transport.protocol",
  ]);
});

Deno.test("Measures adds bytes by direction and protocol", () => {
  const measures = new Measures();
  measures.note(closeAudit());
  measures.note(closeAudit({ "doorward.bytes.up": 3, "doorward.bytes.down": 0 }));
  measures.note(closeAudit({ "network.transport.protocol": "http" }));
  assertEquals(measures.bytes.map(({ words, value }) => [Object.values(words).join(" "), value]), [
    ["up https_connect", 520],
    ["down https_connect", 4096],
    ["up http", 517],
    ["down http", 4096],
  ]);
  assertEquals(measures.decisions, []);
});

/** Durations in milliseconds, and the bucket that they are in. */
const BUCKETS: readonly (readonly [number, number])[] = [
  [0, 0],
  [5, 0],
  [6, 1],
  [60_000, 12],
  [60_001, 13],
  [86_400_000, DURATION_BOUNDS.length - 1],
  [86_400_001, DURATION_BOUNDS.length],
];

for (const [ms, bucket] of BUCKETS) {
  Deno.test(`Measures puts ${ms} ms into bucket ${bucket}`, () => {
    const measures = new Measures();
    measures.note(closeAudit({ "doorward.duration_ms": ms }));
    const { buckets, count, sum, min, max } = measures.durations[0]!;
    assertEquals(buckets.indexOf(1), bucket);
    assertEquals([buckets.length, count, sum, min, max], [
      DURATION_BOUNDS.length + 1,
      1,
      ms / 1000,
      ms / 1000,
      ms / 1000,
    ]);
  });
}

Deno.test("Measures keeps durations apart by kind and outcome", () => {
  const measures = new Measures();
  for (const outcome of ["done", "failed", "done"] as const) {
    measures.note(closeAudit({ "doorward.outcome": outcome }));
  }
  measures.note(closeAudit({ "doorward.kind": "request", "doorward.duration_ms": 1 }));
  assertEquals(
    measures.durations.map(({ words, count }) => [...Object.values(words), count].join(" ")),
    ["tunnel done 2", "tunnel failed 1", "request done 1"],
  );
});

Deno.test("Measures holds no more sums than there are kinds, whatever is asked for", () => {
  const measures = new Measures();
  const sources: DecisionSource[] = ["baseline_policy", "mode_guard", "proxy_state", "decider"];
  for (let at = 0; at < 10_000; at++) {
    measures.note(decisionAudit({
      "network.policy.reason": `because ${at}`,
      "network.policy.source": sources[at % 4]!,
      "network.transport.protocol": PROTOCOLS[at % PROTOCOLS.length]!,
      "server.address": `h${at}.test`,
      "doorward.rule": `h${at}.test`,
      "http.request.method": `M${at}`,
    }));
  }
  const reasons = new Set(measures.decisions.map(({ words }) => words["network.policy.reason"]));
  assertEquals([...reasons], ["other"]);
  assertEquals(measures.decisions.length, 4);
  for (const reason of ["toString", "__proto__", "constructor"]) {
    measures.note(decisionAudit({ "network.policy.reason": reason }));
  }
  assertEquals(measures.decisions.length, 5);
  for (const reason of Object.keys(BLOCK_REASONS)) {
    measures.note(decisionAudit({ "network.policy.reason": reason }));
  }
  assertEquals(measures.decisions.length, 5 + Object.keys(BLOCK_REASONS).length);
});
