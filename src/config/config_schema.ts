import { LEGACY_KEYS, LEGACY_POLICY_KEYS } from "./network_shapes.ts";
import { networkSchema } from "./network_table.ts";
import { OTEL_SCHEMAS } from "./otel/read_otel.ts";
import { featuresSchema } from "./surfaces/feature.ts";
import { profileSchemas } from "./surfaces/profile.ts";
import { SANDBOX_SCHEMAS } from "./surfaces/sandbox_mode.ts";
import type { JsonSchema } from "./toml/json_schema.ts";
import type { SchemaByKey } from "./toml/value_readers.ts";

/**
 * The JSON Schema of a configuration file, for editors. It is made of what reads the file, and refuses nothing that is
 * read; patterns of hosts and paths, and URLs, it leaves to `doorward check`.
 */
export function configSchema(): JsonSchema {
  const network = networkSchema();
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "urn:doorward:config",
    title: "Doorward configuration",
    type: "object",
    properties: {
      network,
      ...profileSchemas(network),
      ...SANDBOX_SCHEMAS,
      features: featuresSchema(network.properties!),
      network_proxy: legacySchema(network.properties!),
      ...OTEL_SCHEMAS,
    },
    not: { required: ["network", "network_proxy"] },
    additionalProperties: false,
  };
}

function legacySchema(keys: SchemaByKey): JsonSchema {
  const policy: JsonSchema = {
    description: "The older spelling: write these keys under [network]",
    type: "object",
    properties: only(LEGACY_POLICY_KEYS, keys),
    additionalProperties: false,
  };
  return {
    description: "The older spelling of [network]",
    type: "object",
    properties: { ...only(LEGACY_KEYS, keys), policy },
    additionalProperties: false,
  };
}

function only(names: readonly string[], keys: SchemaByKey): SchemaByKey {
  return Object.fromEntries(names.map((name) => [name, keys[name]!]));
}
