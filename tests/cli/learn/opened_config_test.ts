import { assertEquals, assertStringIncludes } from "@std/assert";
import { openedConfig, whyNotOpened } from "../../../src/cli/learn/opened_config.ts";
import { loadRequirements } from "../../../src/config/requirements/load_requirements.ts";
import { compilePolicy } from "../../../src/policy/compile.ts";
import { configWith } from "../../support/learned.ts";
import { connectTo, httpTo, ip } from "../../support/policy.ts";
import { makeScratch } from "../../support/scratch.ts";

/** A configuration under requirements. */
async function required(toml: string) {
  await using scratch = await makeScratch();
  const named = await scratch.write("required.toml", `[experimental_network]\n${toml}\n`);
  const systemFile = `${scratch.folder}/none.toml`;
  const requirements = () => loadRequirements({ systemFile, named }, new AbortController().signal);
  return await configWith({ allow: ["managed.test"], requirements });
}

/** What becomes of a request, and of an address that its name leads to. */
function answers(config: Parameters<typeof openedConfig>[0]) {
  const policy = compilePolicy(openedConfig(config).policy);
  return (host: string) => {
    const decision = policy.decide(httpTo(host));
    return decision.verdict === "deny" ? decision.reason : decision.verdict;
  };
}

Deno.test("openedConfig() lets every host pass but local addresses and what is denied", async () => {
  const config = await configWith({
    overrides: ["network.enabled=true", "network.ask=true", "network.allow_local_binding=true"],
    allow: ["127.0.0.2"],
    deny: ["denied.test"],
  });
  const answer = answers(config);
  const hosts = ["a.test", "denied.test", "127.0.0.1", "127.0.0.2", "169.254.169.254", "localhost"];
  assertEquals(hosts.map(answer), [
    ...["allow", "denied", "not_allowed_local", "allow", "not_allowed_local", "not_allowed_local"],
  ]);
  const policy = compilePolicy(openedConfig(config).policy);
  for (const address of ["127.0.0.1", "10.0.0.1", "169.254.169.254", "fd00::1"]) {
    const denied = policy.decideAddress(httpTo("a.test"), ip(address));
    assertEquals(denied?.reason, "not_allowed_local", address);
  }
});

Deno.test("openedConfig() asks nobody, and says nothing of a policy that is not in force", async () => {
  const config = await configWith({
    overrides: ["network.enabled=true", "network.decider={command=['x']}"],
  });
  const { decider, asksDecider, askWebhook, notices, network } = openedConfig(config);
  assertEquals([decider, asksDecider, askWebhook, notices, network.ask], [
    ...[null, false, null, [], false],
  ]);
});

Deno.test("openedConfig() keeps the mode, and looks into tunnels where interception is on", async () => {
  const policyWith = async (...overrides: readonly string[]) =>
    compilePolicy(openedConfig(await configWith({ overrides })).policy);
  const limited = await policyWith("network.mode=limited");
  assertEquals(limited.decide(httpTo("a.test", { method: "POST" })).verdict, "deny");
  const tunnel = connectTo("a.test:443");
  assertEquals((await policyWith("network.mode=full")).decide(tunnel).verdict, "allow");
  assertEquals((await policyWith("network.mitm=true")).decide(tunnel).verdict, "inspect");
});

Deno.test("openedConfig() opens nothing where only what is required may be allowed", async () => {
  const config = await required(
    'managed_allowed_domains_only = true\ndomains = { "managed.test" = "allow" }',
  );
  assertStringIncludes(
    whyNotOpened(config) ?? "",
    "only the hosts that are required may be allowed",
  );
  assertEquals(["managed.test", "a.test"].map(answers(config)), ["allow", "not_allowed"]);
});

Deno.test("requirements that deny, or add hosts, do not forbid to learn", async () => {
  assertEquals(whyNotOpened(await configWith()), null);
  const config = await required('domains = { "managed.test" = "allow", "bad.test" = "deny" }');
  assertEquals(whyNotOpened(config), null);
  assertEquals(["a.test", "bad.test"].map(answers(config)), ["allow", "denied"]);
});
