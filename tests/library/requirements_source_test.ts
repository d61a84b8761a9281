import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { requirementsSource } from "../../src/library/requirements_source.ts";
import { ConfigError } from "../../src/config/errors.ts";
import { RemoteRequirements } from "../../src/config/requirements/remote_requirements.ts";
import { outsideOf } from "../cli/outside_of.ts";

const SYSTEM = "/etc/doorward/requirements.toml";

Deno.test("requirementsSource() always obeys the system's file", () => {
  assertEquals(requirementsSource(null, outsideOf({})), { systemFile: SYSTEM, named: null });
  assertEquals(requirementsSource("r.toml", outsideOf({})), {
    systemFile: SYSTEM,
    named: "r.toml",
  });
});

Deno.test("requirementsSource() takes an https URL", () => {
  for (const env of [{}, { HOME: "/home/me" }]) {
    const { named } = requirementsSource("https://policy.test/r.toml?token=1", outsideOf(env));
    assertInstanceOf(named, RemoteRequirements);
    assertEquals(named.name, "https://policy.test/r.toml?…");
  }
});

Deno.test("requirementsSource() refuses any other URL", () => {
  const error = assertThrows(
    () => requirementsSource("http://policy.test/r.toml", outsideOf({})),
    ConfigError,
  );
  assertEquals(
    error.message,
    "--requirements: cannot use this URL: requirements are fetched over https only: write https://",
  );
});
