import { assertEquals } from "@std/assert";
import { parseRequirements } from "../../../src/config/requirements/loaded_requirements.ts";
import { load, print } from "../load.ts";

const CONFIG = '[network]\nallowed_domains = ["a.test"]\n[network.decider]\ncommand = ["decide"]\n';

async function under(requirements: string, config = CONFIG) {
  const { decider, asksDecider, notices } = await load(config, {
    requirements: () => parseRequirements(requirements, "required.toml"),
  });
  return [decider?.asks.kind, asksDecider, print(notices)];
}

Deno.test("mayDecide() says no where nothing can be added to the managed hosts, and why", async () => {
  const required = "[experimental_network]\nmanaged_allowed_domains_only = true\n" +
    'domains = { "a.test" = "allow" }';
  assertEquals(await under(required), ["command", false, [
    "3:10 nothing can be added to the managed allowed_domains by required.toml:2:1: " +
    "the decider is not asked",
  ]]);
  assertEquals((await under(required, "[network]"))[1], false);
});

Deno.test("mayDecide() says yes where hosts can be added, and where nothing is required", async () => {
  const required = '[experimental_network]\ndomains = { "a.test" = "allow" }';
  assertEquals(await under(required), ["command", true, []]);
  assertEquals(await under(""), ["command", true, []]);
});
