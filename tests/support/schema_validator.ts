import { Ajv2020 } from "ajv/dist/2020";
import type { JsonSchema } from "../../src/config/toml/json_schema.ts";

/** Tells what is wrong with a value; null when nothing is. */
export type Validator = (value: unknown) => string | null;

/** Checks values against a schema, and the schema itself: a keyword that means nothing is refused. */
export function makeValidator(schema: JsonSchema): Validator {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true });
  const validate = ajv.compile(schema);
  return (value) => validate(value) ? null : ajv.errorsText(validate.errors);
}
