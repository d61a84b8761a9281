import { assertEquals } from "@std/assert";
import { offUnder } from "../../../src/config/requirements/off_under.ts";
import { compilePolicy } from "../../../src/policy/compile.ts";
import { connectTo } from "../../support/policy.ts";
import { load } from "../load.ts";
import { parseRequirements } from "../../../src/config/requirements/loaded_requirements.ts";
import { read } from "./required.ts";

const USER = { why: "user", origin: { file: "config.toml", line: 1, column: 1 } };
const [ON, OFF] = [
  "[experimental_network]\nenabled = true\n",
  "[experimental_network]\nenabled = false\n",
];
const [FEATURE_ON, FEATURE_OFF] = [
  "[features]\nnetwork_proxy = true\n",
  "[features]\nnetwork_proxy = false\n",
];

/** What is required, and why nothing starts where the user has it on, and where it is off. */
const TABLE: readonly (readonly [string, string | null, string | null])[] = [
  ["", null, "user"],
  [ON, null, null],
  [OFF, "network.enabled is false", "network.enabled is false"],
  [FEATURE_ON, null, "user"],
  [FEATURE_OFF, "features.network_proxy is false", "features.network_proxy is false"],
  [ON + FEATURE_OFF, null, null],
];

for (const [text, on, off] of TABLE) {
  Deno.test(`offUnder() says what comes of ${JSON.stringify(text)}`, async () => {
    const { requirements } = await read(text);
    assertEquals(offUnder(requirements, null, "restricted")?.why ?? null, on);
    assertEquals(offUnder(requirements, USER, "restricted")?.why ?? null, off);
  });
}

Deno.test("loadConfig() starts what is required to run, whatever the feature says", async () => {
  const requirements = () => parseRequirements(ON, "required.toml");
  const { off, network } = await load("[network]\nenabled = false\n", { requirements });
  assertEquals([off, network.enabled], [null, true]);
});

Deno.test("loadConfig() starts for denials alone where nothing else holds a command", async () => {
  const text = 'domains = { "evil.test" = "deny", "a.test" = "allow" }\n';
  const of = async (only: boolean) => {
    const written = `[experimental_network]\ndanger_full_access_denylist_only = ${only}\n${text}`;
    const requirements = () => parseRequirements(written, "required.toml");
    return await load('sandbox_mode = "danger-full-access"\n', { requirements });
  };
  const config = await of(true);
  assertEquals([config.off, config.switched.proxy, config.access], [null, "on", "full"]);
  assertEquals(config.network.dangerously_allow_all_domains, true);
  const policy = compilePolicy({ ...config.policy, enabled: true });
  assertEquals(policy.decide(connectTo("any.test")).verdict, "allow");
  assertEquals(policy.decide(connectTo("evil.test")).verdict, "deny");
  const { off, switched } = await of(false);
  assertEquals([off?.why, switched.proxy], [
    'sandbox_mode is "danger-full-access": it wants no bounds',
    "off",
  ]);
});
