import type { AuditRecord } from "../audit_record.ts";
import { type FieldSchema, RECORD_SCHEMAS } from "../audit_schema.ts";

/** A line that is no audit record. */
export interface BadRecord {
  readonly kind: "bad";
  /** As a clause about the line. */
  readonly why: string;
}

/** Reads a line of an audit file. */
export function parseRecord(text: string): AuditRecord | BadRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return bad("it is no JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return bad("it is no object");
  }
  const fields = value as Readonly<Record<string, unknown>>;
  const schema = RECORD_SCHEMAS.get(fields["event.name"]);
  if (schema === undefined) return bad(`it has no "event.name" that this version knows`);
  for (const name of schema.required) {
    if (!Object.hasOwn(fields, name)) return bad(`it has no "${name}"`);
  }
  for (const name of Object.keys(fields)) {
    const field = Object.hasOwn(schema.properties, name) ? schema.properties[name]! : null;
    if (field === null) return bad(`this version knows no field ${JSON.stringify(name)} of it`);
    if (!takes(field, fields[name])) return bad(`its "${name}" is none`);
  }
  return value as AuditRecord;
}

function takes(field: FieldSchema, value: unknown): boolean {
  switch (field.type) {
    case "boolean":
      return typeof value === "boolean";
    case "integer":
    case "number":
      return typeof value === "number" && Number.isFinite(value) &&
        (field.type === "number" || Number.isInteger(value)) &&
        value >= (field.minimum ?? -Infinity) && value <= (field.maximum ?? Infinity);
    case "string":
      return typeof value === "string" && (field.const ?? value) === value &&
        (field.enum?.includes(value) ?? true) &&
        (field.pattern === undefined || new RegExp(field.pattern, "u").test(value));
  }
}

function bad(why: string): BadRecord {
  return { kind: "bad", why };
}
