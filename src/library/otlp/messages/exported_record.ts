import type { Attributes, HrTime } from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import type { HappenedAudit } from "../../../audit/audit_record.ts";

/** What everything that is exported belongs to. Of each there is one object: they are grouped by it. */
export interface ExportOrigin {
  readonly resource: Resource;
  readonly scope: { readonly name: string; readonly version: string };
}

/** Every field of a record under its own name, with its own type. What is not known is left out. */
export function attributesOf(record: HappenedAudit): Attributes {
  const attributes: Attributes = {};
  for (const [name, value] of Object.entries(record)) {
    if (value !== undefined) attributes[name] = value as string | number | boolean;
  }
  return attributes;
}

/** Unix milliseconds as seconds and nanoseconds. */
export function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1_000_000)];
}

/** When a record was made, in Unix milliseconds. */
export function timeOf(record: HappenedAudit): number {
  return Date.parse(record["event.timestamp"]);
}
