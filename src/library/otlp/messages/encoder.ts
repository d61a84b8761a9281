import { AUDIT_TARGET, type CloseAudit, type HappenedAudit } from "../../../audit/audit_record.ts";
import type { ExportOrigin } from "./exported_record.ts";
import { logRecordOf } from "./log_record.ts";
import { type Measured, metricsOf } from "./metric_data.ts";
import type { OtlpPackages } from "./otlp_packages.ts";
import { spanOf } from "./span.ts";

/** Who exports. */
export interface Service {
  readonly version: string;
  readonly environment: string;
  /** Of one running proxy; null where it is not known. */
  readonly instance: string | null;
}

/** One signal's messages: what is sent, and what is answered. */
export interface Encoding<T> {
  readonly encode: (from: T) => Uint8Array<ArrayBuffer>;
  /** How much of it the collector says that it did not take. Throws where the answer is no message. */
  readonly rejected: (answer: Uint8Array) => number;
}

/** The messages of every signal, in one protocol. */
export interface Encoder {
  readonly logs: Encoding<readonly HappenedAudit[]>;
  readonly traces: Encoding<readonly CloseAudit[]>;
  readonly metrics: Encoding<Measured>;
}

/** Makes an encoder of protobuf or JSON. */
export function makeEncoder(
  packages: OtlpPackages,
  { version, environment, instance }: Service,
  protocol: "binary" | "json",
): Encoder {
  const { transformer } = packages;
  const isJson = protocol === "json";
  const origin: ExportOrigin = {
    resource: packages.resources.resourceFromAttributes({
      "service.name": "doorward",
      "service.version": version,
      "deployment.environment.name": environment,
      ...(instance === null ? {} : { "service.instance.id": instance }),
    }),
    scope: { name: AUDIT_TARGET, version },
  };
  const logs = isJson ? transformer.JsonLogsSerializer : transformer.ProtobufLogsSerializer;
  const traces = isJson ? transformer.JsonTraceSerializer : transformer.ProtobufTraceSerializer;
  const metrics = isJson
    ? transformer.JsonMetricsSerializer
    : transformer.ProtobufMetricsSerializer;
  return {
    logs: {
      encode: (records) =>
        bytesOf(logs.serializeRequest(records.map((each) => logRecordOf(each, origin, packages)))),
      rejected: (answer) =>
        countOf(logs.deserializeResponse(answer)?.partialSuccess?.rejectedLogRecords),
    },
    traces: {
      encode: (records) =>
        bytesOf(traces.serializeRequest(records.map((each) => spanOf(each, origin, packages)))),
      rejected: (answer) =>
        countOf(traces.deserializeResponse(answer)?.partialSuccess?.rejectedSpans),
    },
    metrics: {
      encode: (measured) =>
        bytesOf(metrics.serializeRequest(metricsOf(measured, origin, packages))),
      rejected: (answer) =>
        countOf(metrics.deserializeResponse(answer)?.partialSuccess?.rejectedDataPoints),
    },
  };
}

function bytesOf(bytes: Uint8Array | undefined): Uint8Array<ArrayBuffer> {
  if (bytes === undefined) throw new TypeError("Cannot encode records");
  return bytes as Uint8Array<ArrayBuffer>;
}

/** JSON has such a number as text (protobuf's mapping), and a collector may say anything. */
function countOf(count: unknown): number {
  const number = Number(count ?? 0);
  return Number.isFinite(number) && number > 0 ? Math.floor(number) : 0;
}
