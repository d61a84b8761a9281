import { assertEquals } from "@std/assert";
import { applyRequirements } from "../../../src/config/requirements/apply_requirements.ts";
import { constraintsOf } from "../../../src/config/requirements/constraints.ts";
import type {
  Access,
  GovernedNetwork,
} from "../../../src/config/requirements/governed_settings.ts";
import { violations } from "../../../src/config/requirements/violations.ts";
import { NO_REQUIREMENTS } from "../../../src/config/requirements/requirements.ts";
import { read, required, settings, texts, type Written } from "./required.ts";

/** What holds of a user's settings under these lines of `[experimental_network]`. */
async function governed(lines: string, user: Written = {}, access: Access = "restricted") {
  const requirements = await required(lines);
  const { settings: held, overruled } = applyRequirements(
    requirements,
    settings(user),
    access,
  );
  return {
    network: held.network,
    allow: texts(held.allow),
    deny: texts(held.deny),
    sockets: held.unixSockets.map(({ value }) => value),
    originOf: held.originOf,
    overruled: overruled.map(({ message }) => message),
    broken: violations(constraintsOf(requirements, access), held).map(({ field }) => field),
  };
}

Deno.test("applyRequirements() changes nothing where nothing is required", () => {
  const user = settings({
    network: { mode: "limited", ask: true, dangerously_allow_all_domains: true },
    allow: ["a.test", "b.test"],
    deny: ["b.test"],
    sockets: ["/a"],
  });
  const { settings: held, overruled } = applyRequirements(
    NO_REQUIREMENTS,
    user,
    "restricted",
  );
  assertEquals({ ...held, originOf: null }, { ...user, originOf: null });
  assertEquals(overruled, []);
});

/** A required value, what the user has, and what holds. */
const VALUES: readonly (readonly [string, Partial<GovernedNetwork>, Partial<GovernedNetwork>])[] = [
  ["enabled = true", { enabled: false }, { enabled: true }],
  ["enabled = false", { enabled: true }, { enabled: false }],
  ['mode = "limited"', { mode: "full" }, { mode: "limited" }],
  ['mode = "full"', {}, { mode: "full" }],
  ["allow_upstream_proxy = false", { allow_upstream_proxy: true }, { allow_upstream_proxy: false }],
  ["allow_local_binding = false", { allow_local_binding: true }, { allow_local_binding: false }],
  [
    "dangerously_allow_non_loopback_proxy = true",
    {},
    { dangerously_allow_non_loopback_proxy: true },
  ],
  [
    "dangerously_allow_non_loopback_admin = false",
    { dangerously_allow_non_loopback_admin: true },
    { dangerously_allow_non_loopback_admin: false },
  ],
  [
    "dangerously_allow_all_unix_sockets = true",
    {},
    { dangerously_allow_all_unix_sockets: true },
  ],
  [
    "http_port = 43128",
    { proxy_url: "http://0.0.0.0:3128" },
    { proxy_url: "http://127.0.0.1:43128" },
  ],
  ["socks_port = 43129", {}, { socks_url: "http://127.0.0.1:43129" }],
];

for (const [lines, user, expected] of VALUES) {
  Deno.test(`applyRequirements() lays ${lines} over ${JSON.stringify(user)}`, async () => {
    const { network, originOf, broken } = await governed(lines, { network: user });
    assertEquals(network, { ...settings({ network: user }).network, ...expected });
    const key = Object.keys(expected)[0]!;
    assertEquals(originOf(`network.${key}`), { file: "requirements.toml", line: 2, column: 1 });
    assertEquals(broken, []);
  });
}

Deno.test("applyRequirements() leaves a user what is tighter than required", async () => {
  const user = { mode: "limited", allow_local_binding: false } as const;
  const lines = 'mode = "full"\nallow_local_binding = true\n';
  const { network, overruled, broken } = await governed(lines, { network: user });
  assertEquals(network, settings({ network: user }).network);
  assertEquals([overruled, broken], [[], []]);
});

Deno.test("applyRequirements() adds a user's hosts to the managed ones", async () => {
  const lines = 'domains = { "managed.test" = "allow" }';
  const { allow, broken, overruled, network } = await governed(lines, {
    network: { ask: true },
    allow: ["user.test", "MANAGED.test"],
  });
  assertEquals(allow, ["managed.test", "user.test"]);
  assertEquals([broken, overruled, network.ask], [[], [], true]);
});

Deno.test("applyRequirements() lets a user's denial win over a managed host", async () => {
  const lines = 'domains = { "managed.test" = "allow" }';
  const { allow, deny, broken } = await governed(lines, { deny: ["Managed.TEST"] });
  assertEquals([allow, deny, broken], [[], ["managed.test"], []]);
});

Deno.test("applyRequirements() adds a user's denials to the managed ones, and drops none", async () => {
  const lines = 'domains = { "evil.test" = "deny" }';
  for (const access of ["restricted", "full"] as const) {
    const { allow, deny, broken } = await governed(lines, {
      allow: ["evil.test", "a.test"],
      deny: ["b.test", "EVIL.test"],
    }, access);
    assertEquals([allow, deny, broken], [["evil.test", "a.test"], ["evil.test", "b.test"], []]);
  }
});

Deno.test("applyRequirements() keeps where each rule and each socket was written", async () => {
  const lines = 'domains = { "managed.test" = "allow" }\nunix_sockets = { "/a" = "allow" }';
  const { settings: held } = applyRequirements(
    await required(lines, "https://policy.test/r.toml"),
    settings({ allow: ["user.test"], sockets: ["/b"] }),
    "restricted",
  );
  assertEquals(held.allow.map(({ rule: { origin } }) => [origin.file, origin.line]), [
    ["https://policy.test/r.toml", 2],
    ["config.toml", 1],
  ]);
  assertEquals(held.unixSockets[0]?.origin.line, 3);
});

Deno.test("applyRequirements() pins the hosts where users may add none, and asks nobody", async () => {
  const lines = 'managed_allowed_domains_only = true\ndomains = { "managed.test" = "allow" }';
  for (const access of ["restricted", "full"] as const) {
    const { allow, network, broken, overruled, originOf } = await governed(lines, {
      network: { ask: true, dangerously_allow_all_domains: true },
      allow: ["user.test", "managed.test"],
    }, access);
    assertEquals([allow, broken], [["managed.test"], []]);
    assertEquals([network.ask, network.dangerously_allow_all_domains], [false, false]);
    assertEquals(originOf("network.ask")?.line, 2);
    assertEquals(overruled, [
      "network.dangerously_allow_all_domains is false by requirements.toml:2:1: " +
      "what is written here has no effect",
      "network.ask is false by requirements.toml:2:1: what is written here has no effect",
      '"user.test" is not among the managed allowed_domains, and nothing can be added to them by ' +
      "requirements.toml:2:1: it allows nothing",
    ]);
  }
});

Deno.test("applyRequirements() allows nothing where the hosts are pinned and none is named", async () => {
  for (const access of ["restricted", "full"] as const) {
    const { allow, network, broken } = await governed("managed_allowed_domains_only = true", {
      network: { ask: true },
      allow: ["user.test"],
    }, access);
    assertEquals([allow, network.ask, broken], [[], false, []]);
  }
});

Deno.test("applyRequirements() fixes the managed hosts where nothing holds a command", async () => {
  const lines = 'domains = { "managed.test" = "allow", "evil.test" = "deny" }';
  const user = { network: { ask: true }, allow: ["user.test"], deny: ["b.test"] };
  const { allow, deny, network, broken } = await governed(lines, user, "full");
  assertEquals([allow, deny], [["managed.test"], ["evil.test", "b.test"]]);
  assertEquals([network.ask, broken], [false, []]);
});

Deno.test("applyRequirements() leaves the hosts alone where only denials are managed", async () => {
  const user = { network: { ask: true }, allow: ["user.test"] };
  const { allow, network } = await governed('domains = { "evil.test" = "deny" }', user, "full");
  assertEquals([allow, network.ask], [["user.test"], true]);
});

Deno.test("applyRequirements() leaves the denials alone where only hosts are managed", async () => {
  const { deny, broken } = await governed('domains = { "a.test" = "allow" }', { deny: [] }, "full");
  assertEquals([deny, broken], [[], []]);
});

const DENYLIST_ONLY = "danger_full_access_denylist_only = true\n" +
  'domains = { "managed.test" = "allow", "evil.test" = "deny" }';

Deno.test("applyRequirements() leaves only denials where nothing holds a command and that is said", async () => {
  const user = { network: { allow_upstream_proxy: false, allow_local_binding: false } };
  const { deny, network, broken } = await governed(DENYLIST_ONLY, user, "full");
  assertEquals([deny, broken], [["evil.test"], []]);
  assertEquals(
    [
      network.dangerously_allow_all_domains,
      network.allow_upstream_proxy,
      network.dangerously_allow_all_unix_sockets,
      network.allow_local_binding,
    ],
    [true, true, true, true],
  );
});

Deno.test("applyRequirements() opens nothing so that is required to be shut", async () => {
  const lines = `${DENYLIST_ONLY}\nallow_local_binding = false\nunix_sockets = {}`;
  const { network, broken } = await governed(lines, {}, "full");
  assertEquals(network.allow_local_binding, false);
  assertEquals(network.dangerously_allow_all_unix_sockets, false);
  assertEquals(broken, []);
});

Deno.test("applyRequirements() shuts what is required to be shut, and is shut already", async () => {
  const lines = `${DENYLIST_ONLY}\nallow_local_binding = false\nallow_upstream_proxy = false`;
  const user = { network: { allow_local_binding: false, allow_upstream_proxy: false } };
  const { network, broken } = await governed(lines, user, "full");
  assertEquals([network.allow_local_binding, network.allow_upstream_proxy], [false, false]);
  assertEquals(broken, []);
});

Deno.test("applyRequirements() knows nothing of denials only where something holds a command", async () => {
  const { allow, network } = await governed(DENYLIST_ONLY, { allow: ["user.test"] });
  assertEquals(allow, ["managed.test", "user.test"]);
  assertEquals(network, settings().network);
});

Deno.test("applyRequirements() replaces the unix sockets", async () => {
  const user = { network: { dangerously_allow_all_unix_sockets: true }, sockets: ["/a", "/user"] };
  const { sockets, network, broken, overruled } = await governed(
    'unix_sockets = { "/a" = "allow", "/b" = "allow", "/c" = "deny" }',
    user,
  );
  assertEquals(sockets, ["/a", "/b"]);
  assertEquals([network.dangerously_allow_all_unix_sockets, broken], [false, []]);
  assertEquals(overruled, [
    "invalid value for network.dangerously_allow_all_unix_sockets: true (allowed false (disabled by " +
    "managed config)); required by requirements.toml:2:1: " +
    "write dangerously_allow_all_unix_sockets = false",
    '"/user" is not among the unix sockets of requirements.toml:2:1, which replace all others: ' +
    "it allows nothing",
  ]);
});

Deno.test("applyRequirements() switches the proxy off with its feature, unless it is required", async () => {
  const enabled = async (text: string) => {
    const { requirements } = await read(text);
    const user = settings({ network: { enabled: true } });
    return applyRequirements(requirements, user, "restricted").settings.network.enabled;
  };
  const off = "[features]\nnetwork_proxy = false\n";
  assertEquals(await enabled(off), false);
  assertEquals(await enabled(`${off}[experimental_network]\nenabled = true\n`), true);
  assertEquals(await enabled("[features]\nnetwork_proxy = true\n"), true);
});

Deno.test("applyRequirements() says what a user has written in vain, and nothing else", async () => {
  const lines = 'mode = "limited"\nallow_local_binding = true\nallow_upstream_proxy = true';
  const { overruled } = await governed(lines, {
    network: { mode: "full", allow_local_binding: false, allow_upstream_proxy: true },
  });
  assertEquals(overruled, [
    "invalid value for network.mode: Full (allowed Limited or more restrictive); required by " +
    'requirements.toml:2:1: write mode = "limited"',
  ]);
  assertEquals((await governed(lines)).overruled, []);
});
