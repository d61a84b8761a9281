import { assertEquals } from "@std/assert";
import { AUDIT_SCHEMA } from "../../../src/audit/audit_schema.ts";
import { cli } from "../../../src/cli/cli.ts";
import { fakeSurroundings } from "../fake_surroundings.ts";

Deno.test("audit schema prints the schema of a line", async () => {
  const here = fakeSurroundings();
  assertEquals(await cli(["audit", "schema"], here), 0);
  assertEquals(JSON.parse(here.printed().out), JSON.parse(JSON.stringify(AUDIT_SCHEMA)));
});
