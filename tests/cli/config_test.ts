import { assertEquals } from "@std/assert";
import { cli } from "../../src/cli/cli.ts";
import { configSchema } from "../../src/config/config_schema.ts";
import { fakeSurroundings } from "./fake_surroundings.ts";

Deno.test("config schema prints the schema as JSON, whatever the configuration is", async () => {
  const here = fakeSurroundings();
  const code = await cli(["config", "schema", "--config", "/nonexistent.toml"], here);
  const { out, err } = here.printed();
  assertEquals([code, err, JSON.parse(out)], [0, "", configSchema()]);
  assertEquals(out.split("\n").slice(0, 2), [
    "{",
    '  "$schema": "https://json-schema.org/draft/2020-12/schema",',
  ]);
});
