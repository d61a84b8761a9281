import { assert, assertEquals, assertMatch } from "@std/assert";
import { configSchema } from "../../src/config/config_schema.ts";
import { NETWORK_KEYS } from "../../src/config/network_table.ts";
import { LEGACY_KEYS, TOP_LEVEL_KEYS } from "../../src/config/network_shapes.ts";
import type { JsonSchema } from "../../src/config/toml/json_schema.ts";
import { makeValidator } from "../support/schema_validator.ts";

const schema = configSchema();
const { network, network_proxy: legacy } = schema.properties!;

/** Every key of every table, as `network.limits.connections`, with what it takes. */
function keysOf(of: JsonSchema, path: string): [string, JsonSchema][] {
  const { properties, items, anyOf, additionalProperties } = of;
  const own = Object.entries(properties ?? {}).flatMap(([name, held]): [string, JsonSchema][] => {
    const key = path === "" ? name : `${path}.${name}`;
    return [[key, held], ...keysOf(held, key)];
  });
  const within = [...(anyOf ?? []), items, additionalProperties].filter((each) =>
    each !== undefined && each !== false
  );
  return [...own, ...within.flatMap((each) => keysOf(each, path))];
}

Deno.test("configSchema() is of draft 2020-12, which a validator takes to the letter", () => {
  assertEquals(schema.$schema, "https://json-schema.org/draft/2020-12/schema");
  assertEquals(makeValidator(schema)({}), null);
});

Deno.test("configSchema() has every table and key that is read", () => {
  assertEquals(Object.keys(schema.properties!), [...TOP_LEVEL_KEYS]);
  assertEquals(Object.keys(network!.properties!), [...NETWORK_KEYS]);
  assertEquals(Object.keys(legacy!.properties!), [...LEGACY_KEYS, "policy"]);
});

Deno.test("configSchema() says of every key what it means, in one line, and what it takes", () => {
  const keys = keysOf(schema, "");
  assert(keys.length > 100);
  for (const [path, { description, type, anyOf }] of keys) {
    assertMatch(description ?? "", /^[ -~]{5,100}$/, path);
    assert(type !== undefined || anyOf !== undefined, path);
  }
});

Deno.test("configSchema() shows defaults that are right themselves", () => {
  const keys = keysOf(schema, "").filter(([, held]) => held.default !== undefined);
  assert(keys.length > 40);
  for (const [path, held] of keys) assertEquals(makeValidator(held)(held.default), null, path);
});
