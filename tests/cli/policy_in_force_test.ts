import { assertEquals } from "@std/assert";
import { policyInForce } from "../../src/cli/policy_in_force.ts";
import { loadConfig } from "../../src/config/config.ts";

const NOTHING = { overrides: [], allow: [], deny: [] };

Deno.test("policyInForce() counts an unwritten switch as on", async () => {
  const config = await loadConfig({ ...NOTHING, overrides: ["network.mode=limited"] });
  assertEquals(policyInForce(config).enabled, true);
  assertEquals(config.off, null);
});

Deno.test("policyInForce() takes a written switch as it is", async () => {
  const on = await loadConfig({ ...NOTHING, overrides: ["network.enabled=true"] });
  assertEquals(policyInForce(on).enabled, true);
  assertEquals(on.off, null);
  const off = await loadConfig({ ...NOTHING, overrides: ["network.enabled=false"] });
  assertEquals(policyInForce(off).enabled, false);
});
