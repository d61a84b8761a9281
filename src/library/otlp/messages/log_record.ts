import { type HappenedAudit, POLICY_DECISION } from "../../../audit/audit_record.ts";
import { attributesOf, type ExportOrigin, hrTime, timeOf } from "./exported_record.ts";
import type { OtlpPackages } from "./otlp_packages.ts";

type Serializer = OtlpPackages["transformer"]["ProtobufLogsSerializer"];

/** A log record as the encoder takes it. */
export type LogRecord = Parameters<Serializer["serializeRequest"]>[0][number];

/** An audit record as a log record: everything in it is an attribute, and its body is for people. */
export function logRecordOf(
  record: HappenedAudit,
  { resource, scope }: ExportOrigin,
  { api: { SeverityNumber } }: Pick<OtlpPackages, "api">,
): LogRecord {
  const time = hrTime(timeOf(record));
  return {
    hrTime: time,
    hrTimeObserved: time,
    severityNumber: SeverityNumber.INFO,
    severityText: "INFO",
    eventName: record["event.name"],
    body: sentenceOf(record),
    attributes: attributesOf(record),
    droppedAttributesCount: 0,
    resource,
    instrumentationScope: scope,
  };
}

/** `deny api.example.com:443 over https_connect: not_allowed`. */
function sentenceOf(record: HappenedAudit): string {
  const address = record["server.address"];
  const host = address.includes(":") ? `[${address}]` : address;
  const where = `${host}:${record["server.port"]} over ${record["network.transport.protocol"]}`;
  if (record["event.name"] === POLICY_DECISION) {
    return `${record["network.policy.decision"]} ${where}: ${record["network.policy.reason"]}`;
  }
  return `${record["doorward.kind"]} ${record["doorward.outcome"]} ${where}`;
}
