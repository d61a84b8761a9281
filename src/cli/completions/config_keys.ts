import { configSchema } from "../../config/config_schema.ts";
import type { JsonSchema } from "../../config/toml/json_schema.ts";

/** What `-c` sets. */
export interface ConfigKeys {
  /** Every key, as `KEY=`. */
  readonly keys: readonly string[];
  /** `KEY=VALUE` for each value of those keys that have few. */
  readonly settings: readonly string[];
}

/** The keys of `[network]`, and the switch. The other ways to write a policy are read, and not advertised. */
export function configKeys(): ConfigKeys {
  const { network, features } = configSchema().properties!;
  const rows = [
    ...rowsOf("network", network!),
    ["features.network_proxy", features!.properties!["network_proxy"]!] as const,
  ];
  return {
    keys: rows.map(([key]) => `${key}=`),
    settings: rows.flatMap(([key, schema]) => valuesOf(schema).map((value) => `${key}=${value}`)),
  };
}

type Row = readonly [key: string, schema: JsonSchema];

function rowsOf(path: string, schema: JsonSchema): readonly Row[] {
  if (schema.properties === undefined) return [[path, schema]];
  return Object.entries(schema.properties)
    // A key with a dot in it has to be quoted.
    .filter(([key]) => !key.includes("."))
    .flatMap(([key, inner]) => rowsOf(`${path}.${key}`, inner));
}

function valuesOf(schema: JsonSchema): readonly unknown[] {
  if (schema.type === "boolean") return [true, false];
  if (schema.anyOf !== undefined) return schema.anyOf.flatMap(valuesOf);
  return schema.enum ?? [];
}
