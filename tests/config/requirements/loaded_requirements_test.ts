import { assertEquals, assertRejects } from "@std/assert";
import { parseRequirements } from "../../../src/config/requirements/loaded_requirements.ts";
import { ConfigError } from "../../../src/config/errors.ts";

Deno.test("parseRequirements() keeps the notices of a document", async () => {
  const { requirements, notices } = await parseRequirements("[rules]\n", "r.toml");
  assertEquals([requirements.allow, notices.length], [[], 1]);
});

Deno.test("parseRequirements() rejects with every fault of a document", async () => {
  const error = await assertRejects(
    () => parseRequirements("a = 1\nb = 2\n", "r.toml"),
    ConfigError,
  );
  assertEquals(error.faults.map(({ origin }) => origin.line), [1, 2]);
});
