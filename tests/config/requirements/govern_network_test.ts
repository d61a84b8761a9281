import { assertEquals, assertRejects } from "@std/assert";
import { ConfigError } from "../../../src/config/errors.ts";
import { parseRules } from "../../../src/config/domain_lists.ts";
import { DEFAULT_NETWORK } from "../../../src/config/network_table.ts";
import { governNetwork } from "../../../src/config/requirements/govern_network.ts";
import { parseRequirements } from "../../../src/config/requirements/loaded_requirements.ts";
import { Findings } from "../../../src/config/toml/findings.ts";
import { load, PLACE, print, tableOf } from "../load.ts";
import { texts } from "./required.ts";

/** How a configuration loads of which somebody has required this. */
function under(requirements: string) {
  return { requirements: () => parseRequirements(requirements, "required.toml") };
}

const CONFIG = `[network]
enabled = true
mode = "full"
ask = true
allowed_domains = ["user.test", "evil.test"]
denied_domains = ["b.test"]
allow_unix_sockets = ["/tmp/user.sock"]
`;

const REQUIRED = `allowed_sandbox_modes = []
[experimental_network]
mode = "limited"
http_port = 43128
managed_allowed_domains_only = true
unix_sockets = {}
domains = { "managed.test" = "allow", "evil.test" = "deny" }
`;

Deno.test("governNetwork() has the configuration say what holds, and where that is written", async () => {
  const config = await load(CONFIG, under(REQUIRED));
  const { network, policy } = config;
  assertEquals([network.mode, network.proxy_url, network.ask], [
    "limited",
    "http://127.0.0.1:43128",
    false,
  ]);
  assertEquals([network.allowed_domains, network.denied_domains], [["managed.test"], [
    "evil.test",
    "b.test",
  ]]);
  assertEquals([policy.mode, policy.ask, policy.unixSockets], ["limited", false, []]);
  assertEquals(config.proxyAddress.port, 43128);
  assertEquals(
    policy.rules.map(({ list, text, origin }) => [list, text, origin.file === "required.toml"]),
    [
      ["allow", "managed.test", true],
      ["deny", "evil.test", true],
      ["deny", "b.test", false],
    ],
  );
  assertEquals(config.originOf("network.mode"), { file: "required.toml", line: 3, column: 1 });
  assertEquals(config.originOf("network.enabled")?.line, 2);
  assertEquals([config.sources.length, config.sources.at(-1)], [2, "requirements required.toml"]);
  assertEquals(texts(config.requirements.deny), ["evil.test"]);
});

const UNMANAGED = "is not among the managed allowed_domains, and nothing can be added to them by " +
  "required.toml:5:1: it allows nothing";

Deno.test("governNetwork() tells of what has no effect, where it is written", async () => {
  const { notices } = await load(CONFIG, under(REQUIRED));
  assertEquals(notices.map(({ origin, message }) => [origin.line, message]), [
    [1, 'this file is another program\'s too: ignored "allowed_sandbox_modes"'],
    [
      3,
      "invalid value for network.mode: Full (allowed Limited or more restrictive); " +
      'required by required.toml:3:1: write mode = "limited"',
    ],
    [4, "network.ask is false by required.toml:5:1: what is written here has no effect"],
    [5, `"user.test" ${UNMANAGED}`],
    [5, `"evil.test" ${UNMANAGED}`],
    [
      7,
      '"/tmp/user.sock" is not among the unix sockets of required.toml:6:1, which replace all ' +
      "others: it allows nothing",
    ],
  ]);
});

Deno.test("governNetwork() lets flags no more than the file", async () => {
  const flags = { overrides: ["network.mode=full"], allow: ["c.test"], deny: ["managed.test"] };
  const { network } = await load(null, { ...flags, ...under(REQUIRED) });
  assertEquals([network.mode, network.ask, network.allowed_domains], ["limited", false, []]);
  assertEquals(network.denied_domains, ["evil.test", "managed.test"]);
});

Deno.test("governNetwork() lets no preset, profile or map add a host", async () => {
  const ways = [
    '[network]\npresets = ["npm"]\n',
    '[network]\ndomains = { "user.test" = "allow" }\n',
    'default_permissions = "work"\n[permissions.work.network]\nenabled = true\n' +
    'domains = { "user.test" = "allow" }\n',
  ];
  for (const text of ways) {
    const { policy, off } = await load(text, under(REQUIRED));
    const allowed = policy.rules.filter(({ list }) => list === "allow");
    assertEquals([allowed.map(({ text }) => text), policy.mode, off], [
      ["managed.test"],
      "limited",
      null,
    ]);
  }
});

Deno.test("governNetwork() leaves presets to those of whom only a baseline is required", async () => {
  const baseline = '[experimental_network.domains]\n"managed.test" = "allow"\n';
  const { policy, network } = await load('[network]\npresets = ["npm"]\n', under(baseline));
  const allowed = policy.rules.map(({ text }) => text);
  assertEquals([allowed[0], allowed.includes("registry.npmjs.org")], ["managed.test", true]);
  assertEquals(network.allowed_domains, ["managed.test"]);
});

Deno.test("governNetwork() changes nothing where nothing is required", async () => {
  const [without, empty] = [await load(CONFIG), await load(CONFIG, under(""))];
  assertEquals(empty.network, without.network);
  assertEquals(empty.policy.rules.map(({ text }) => text), ["user.test", "evil.test", "b.test"]);
});

Deno.test("governNetwork() refuses what no requirement could mend", async () => {
  const findings = new Findings();
  const rules = parseRules("deny", [{ text: "a.test", place: PLACE }], findings)
    .map(({ rule, place }) => ({ rule: { ...rule, text: "*" }, place }));
  governNetwork(
    { table: tableOf(""), network: DEFAULT_NETWORK, rules, originOf: () => undefined },
    await parseRequirements("", "required.toml"),
    "restricted",
    findings,
  );
  const [fault] = print(findings.faults());
  const start =
    "1:1 network proxy constraints are invalid: invalid value for network.denied_domains: *";
  assertEquals(fault?.startsWith(start), true);
});

Deno.test("loadConfig() rejects when what is required cannot be had", async () => {
  const fault = {
    origin: { file: "https://policy.test/", line: null, column: null },
    message: "no",
  };
  const requirements = () => Promise.reject(new ConfigError([fault]));
  const error = await assertRejects(() => load(CONFIG, { requirements }), ConfigError);
  assertEquals(error.faults, [fault]);
});
