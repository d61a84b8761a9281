import type { ExportOrigin } from "./exported_record.ts";
import { hrTime } from "./exported_record.ts";
import { DURATION_BOUNDS, type Measures, type Sum } from "./measures.ts";
import type { OtlpPackages } from "./otlp_packages.ts";

type Serializer = OtlpPackages["transformer"]["ProtobufMetricsSerializer"];

/** Metrics as the encoder takes them. */
export type ResourceMetrics = Parameters<Serializer["serializeRequest"]>[0];
type MetricData = ResourceMetrics["scopeMetrics"][number]["metrics"][number];

/** What was measured, and over which time. */
export interface Measured {
  readonly measures: Pick<Measures, "decisions" | "bytes" | "durations">;
  /** How many records of each signal were lost. */
  readonly lost: readonly Sum[];
  /** Unix milliseconds. */
  readonly from: number;
  readonly to: number;
}

/** Everything since the start, whatever was exported before: what gets lost comes with the next. */
export function metricsOf(
  measured: Measured,
  { resource, scope }: ExportOrigin,
  packages: Pick<OtlpPackages, "api" | "metrics">,
): ResourceMetrics {
  const { measures, lost } = measured;
  const sum = sumsOf(measured, packages);
  const metrics = [
    sum("doorward.decisions", "{decision}", "Decisions about requests", measures.decisions),
    sum("doorward.bytes", "By", "Bytes that were carried", measures.bytes),
    durationsOf(measured, packages),
    sum("doorward.records.lost", "{record}", "Records that could not be exported", lost),
  ];
  // A metric without points is none.
  const filled = metrics.filter(({ dataPoints }) => dataPoints.length > 0);
  return { resource, scopeMetrics: [{ scope, metrics: filled }] };
}

type Packages = Pick<OtlpPackages, "api" | "metrics">;

function sumsOf({ from, to }: Measured, { api, metrics }: Packages) {
  return (
    name: string,
    unit: string,
    description: string,
    sums: readonly Sum[],
  ): MetricData => ({
    descriptor: { name, unit, description, valueType: api.ValueType.INT },
    aggregationTemporality: metrics.AggregationTemporality.CUMULATIVE,
    dataPointType: metrics.DataPointType.SUM,
    isMonotonic: true,
    dataPoints: sums.map(({ words, value }) => ({
      startTime: hrTime(from),
      endTime: hrTime(to),
      attributes: { ...words },
      value,
    })),
  });
}

function durationsOf({ measures, from, to }: Measured, { api, metrics }: Packages): MetricData {
  return {
    descriptor: {
      name: "doorward.duration",
      unit: "s",
      description: "From the decision to the end",
      valueType: api.ValueType.DOUBLE,
    },
    aggregationTemporality: metrics.AggregationTemporality.CUMULATIVE,
    dataPointType: metrics.DataPointType.HISTOGRAM,
    dataPoints: measures.durations.map(({ words, count, sum, min, max, buckets }) => ({
      startTime: hrTime(from),
      endTime: hrTime(to),
      attributes: { ...words },
      value: {
        count,
        sum,
        min,
        max,
        buckets: { boundaries: [...DURATION_BOUNDS], counts: [...buckets] },
      },
    })),
  };
}
