import { assertEquals } from "@std/assert";
import { Measures } from "../../../../src/library/otlp/messages/measures.ts";
import { metricsOf } from "../../../../src/library/otlp/messages/metric_data.ts";
import { loadOtlpPackages } from "../../../../src/library/otlp/messages/otlp_packages.ts";
import { closeAudit, decisionAudit } from "../../../support/audit_records.ts";

const packages = await loadOtlpPackages();
const origin = {
  resource: packages.resources.emptyResource(),
  scope: { name: "s", version: "1" },
};

Deno.test("metricsOf() leaves out what has no points", () => {
  const measured = { measures: new Measures(), lost: [], from: 0, to: 1 };
  assertEquals(metricsOf(measured, origin, packages).scopeMetrics, [
    { scope: origin.scope, metrics: [] },
  ]);
});

Deno.test("metricsOf() is cumulative, from the start to now", () => {
  const measures = new Measures();
  measures.note(decisionAudit());
  measures.note(closeAudit());
  const lost = [{ words: { "doorward.signal": "logs" }, value: 3 }];
  const measured = { measures, lost, from: 1500, to: 61_500 };
  const [{ metrics } = { metrics: [] }] = metricsOf(measured, origin, packages).scopeMetrics;
  const { AggregationTemporality } = packages.metrics;
  for (const { aggregationTemporality, dataPoints } of metrics) {
    assertEquals(aggregationTemporality, AggregationTemporality.CUMULATIVE);
    for (const { startTime, endTime } of dataPoints) {
      assertEquals([startTime, endTime], [[1, 500_000_000], [61, 500_000_000]]);
    }
  }
  assertEquals(metrics.map(({ descriptor: { name, unit } }) => `${name} ${unit}`), [
    "doorward.decisions {decision}",
    "doorward.bytes By",
    "doorward.duration s",
    "doorward.records.lost {record}",
  ]);
  const [, , , { dataPoints: [point] } = { dataPoints: [] }] = metrics;
  assertEquals([point?.attributes, point?.value], [{ "doorward.signal": "logs" }, 3]);
});

Deno.test("metricsOf() takes a copy: what is counted later is not in it", () => {
  const measures = new Measures();
  measures.note(closeAudit());
  const made = () => metricsOf({ measures, lost: [], from: 0, to: 1 }, origin, packages);
  const before = made();
  const text = JSON.stringify(before.scopeMetrics);
  measures.note(closeAudit());
  assertEquals(JSON.stringify(before.scopeMetrics), text);
});
