import { type CloseAudit, type HappenedAudit, REQUEST_CLOSE } from "../../../audit/audit_record.ts";
import { attributesOf, type ExportOrigin, hrTime, timeOf } from "./exported_record.ts";
import type { OtlpPackages } from "./otlp_packages.ts";
import { toHex } from "../../../net/binary_text.ts";

type Serializer = OtlpPackages["transformer"]["ProtobufTraceSerializer"];

/** A span as the encoder takes it. */
export type Span = Parameters<Serializer["serializeRequest"]>[0][number];

/** OpenTelemetry's: 16 and 8 bytes, not all zero. */
const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;

/** Whether a record is the end of what lasted: a request is its client's to trace. */
export function isSpanned(record: HappenedAudit): record is CloseAudit {
  return record["event.name"] === REQUEST_CLOSE && record["doorward.kind"] !== "request";
}

/** A tunnel, from its decision to its end. */
export function spanOf(
  record: CloseAudit,
  { resource, scope }: ExportOrigin,
  { api: { SpanKind, SpanStatusCode, TraceFlags } }: Pick<OtlpPackages, "api">,
): Span {
  const end = timeOf(record);
  const ms = record["doorward.duration_ms"];
  const isFailed = record["doorward.outcome"] === "failed";
  const context = {
    traceId: randomId(TRACE_ID_BYTES),
    spanId: randomId(SPAN_ID_BYTES),
    traceFlags: TraceFlags.SAMPLED,
  };
  return {
    // Of few words: backends group by it.
    name: record["doorward.kind"],
    kind: SpanKind.CLIENT,
    spanContext: () => context,
    startTime: hrTime(end - ms),
    endTime: hrTime(end),
    duration: hrTime(ms),
    ended: true,
    status: { code: isFailed ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
    attributes: attributesOf(record),
    links: [],
    events: [],
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function randomId(bytes: number): string {
  return toHex(crypto.getRandomValues(new Uint8Array(bytes)));
}
