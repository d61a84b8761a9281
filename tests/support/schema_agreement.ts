import { parse } from "smol-toml";
import { configSchema } from "../../src/config/config_schema.ts";
import { makeValidator, type Validator } from "./schema_validator.ts";

let validate: Validator | null = null;

/** What the schema of the configuration says against a file of this text, as an editor reads it; null when nothing. */
export function schemaRefusal(text: string): string | null {
  validate ??= makeValidator(configSchema());
  return validate(asJson(parse(text.replace(/^\ufeff/, ""), { integersAsBigInt: true })));
}

/** Whole numbers are numbers, and dates are texts. */
function asJson(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, asJson(held)]));
}
