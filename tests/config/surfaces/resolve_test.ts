import { assert, assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import type { Config } from "../../../src/config/config.ts";
import { ConfigError } from "../../../src/config/errors.ts";
import { socketOs } from "../../../src/config/socket_path.ts";
import { resolve } from "../../../src/config/surfaces/resolve.ts";
import { Findings } from "../../../src/config/toml/findings.ts";
import { formatSocketAddress } from "../../../src/net/address/endpoint.ts";
import {
  faultsOf,
  faultsOfLayers,
  hostsOf,
  type Layers,
  load,
  loadLayers,
  named,
  plain,
  print,
  tableOf,
  where,
} from "../load.ts";

const profile = (network: boolean, rest = "") =>
  `default_permissions = "workspace"

[permissions.workspace.filesystem]
":minimal" = "read"

[permissions.workspace.network]
enabled = ${network}
${rest}
`;
const sandbox = (network: boolean) =>
  `sandbox_mode = "workspace-write"

[sandbox_workspace_write]
network_access = ${network}
`;
const FEATURE = "\n[features]\nnetwork_proxy = ";

/** A file; the direct network and the proxy for whoever embeds it; why `start` does nothing. */
const MATRIX: readonly (readonly [string, string, string, string | null])[] = [
  [profile(false), "restricted", "off", "permissions.workspace.network.enabled is false"],
  [
    profile(false) + FEATURE + "true",
    "restricted",
    "off",
    "permissions.workspace.network.enabled is false",
  ],
  [profile(true) + FEATURE + "false", "enabled", "off", "features.network_proxy is false"],
  [profile(true) + FEATURE + "true", "enabled", "on", null],
  [sandbox(false), "restricted", "off", "sandbox_workspace_write.network_access is not true"],
  [
    sandbox(false) + FEATURE + "true",
    "restricted",
    "off",
    "sandbox_workspace_write.network_access is not true",
  ],
  [sandbox(true) + FEATURE + "false", "enabled", "off", "features.network_proxy is false"],
  [sandbox(true) + FEATURE + "true", "enabled", "on", null],
  // To start is to want it: a feature that nobody wrote is on.
  [profile(true), "enabled", "off", null],
  [sandbox(true), "enabled", "off", null],
  // The feature as a table, without its switch and with it.
  [profile(true) + "[features.network_proxy]", "enabled", "off", null],
  [profile(true) + "[features.network_proxy]\nenabled = true", "enabled", "on", null],
  [
    profile(true) + "[features.network_proxy]\nenabled = false",
    "enabled",
    "off",
    "features.network_proxy is false",
  ],
  // Nothing gives a network.
  [FEATURE + "true", "restricted", "off", null],
  // Rules do not switch it on.
  [profile(true, 'mode = "limited"\ndomains = { "a.test" = "allow" }'), "enabled", "off", null],
  // Nothing bounds it.
  [
    'default_permissions = ":danger-full-access"' + FEATURE + "true",
    "enabled",
    "off",
    ":danger-full-access wants no bounds",
  ],
  [
    'sandbox_mode = "danger-full-access"' + FEATURE + "true",
    "enabled",
    "off",
    'sandbox_mode is "danger-full-access": it wants no bounds',
  ],
  // The flat table is a profile without a name.
  ["[network]\nenabled = true" + FEATURE + "true", "enabled", "on", null],
  ["[network]\nenabled = true", "enabled", "on", null],
  [
    "[network]\nenabled = true" + FEATURE + "false",
    "enabled",
    "off",
    "features.network_proxy is false",
  ],
  [
    "[network]\nenabled = false" + FEATURE + "true",
    "restricted",
    "off",
    "network.enabled is false",
  ],
];

function switchesOf({ switched, off }: Config) {
  return [switched.network, switched.proxy, off?.why ?? null];
}

for (const [text, ...expected] of MATRIX) {
  Deno.test(`loadConfig() of ${JSON.stringify(text)}: ${expected}`, async () => {
    const config = await load(text);
    assertEquals(switchesOf(config), expected);
    assertEquals(config.network.enabled, config.off === null && !text.startsWith(FEATURE));
  });
}

/** The same switches, said by flags. */
const SWITCHED: readonly (readonly [string, readonly string[], string, string, string | null])[] = [
  [sandbox(true), ["features.network_proxy=true"], "enabled", "on", null],
  [sandbox(false), ["sandbox_workspace_write.network_access=true"], "enabled", "off", null],
  [profile(false), ["network.enabled=true", "features.network_proxy=true"], "enabled", "on", null],
  [
    sandbox(true) + FEATURE + "true",
    ["network.enabled=false"],
    "restricted",
    "off",
    "network.enabled is false",
  ],
  [
    "[network]\nenabled = true" + FEATURE + "true",
    ["default_permissions=p", "permissions.p.network.enabled=false"],
    "restricted",
    "off",
    "permissions.p.network.enabled is false",
  ],
  [
    "[network]\nenabled = false" + FEATURE + "true",
    ["sandbox_mode=danger-full-access"],
    "enabled",
    "off",
    "network.enabled is false",
  ],
  [
    "[network]\nenabled = false" + FEATURE + "true",
    ["sandbox_mode=workspace-write", "sandbox_workspace_write.network_access=true"],
    "restricted",
    "off",
    "network.enabled is false",
  ],
];

for (const [text, overrides, ...expected] of SWITCHED) {
  Deno.test(`loadConfig() of ${JSON.stringify(text)} and -c ${overrides}`, async () => {
    assertEquals(switchesOf(await load(text, { overrides })), expected);
  });
}

const SETTINGS = 'proxy_url = "http://127.0.0.1:43128"\nenable_socks5 = false';
const PROXY_FLAGS = [
  "features.network_proxy.enabled=true",
  "features.network_proxy.enable_socks5=false",
];

/** Where it listens, for HTTP and for SOCKS5. */
const LISTENERS: readonly (readonly [string, readonly string[], string, string | null])[] = [
  [profile(true, SETTINGS) + FEATURE + "true", [], "127.0.0.1:43128", null],
  [sandbox(true), PROXY_FLAGS, "127.0.0.1:3128", null],
  [profile(true), PROXY_FLAGS, "127.0.0.1:3128", null],
  [
    profile(true, SETTINGS),
    ["features.network_proxy.enable_socks5=true"],
    "127.0.0.1:43128",
    "127.0.0.1:8081",
  ],
  [
    profile(true, SETTINGS),
    [
      "features.network_proxy.proxy_url=http://127.0.0.1:1",
      "network.proxy_url=http://127.0.0.1:2",
    ],
    "127.0.0.1:2",
    null,
  ],
  [
    "[network]\nvia = true\n[features.network_proxy]\nproxy_url = 'http://127.0.0.1:1'",
    ["network.proxy_url=http://127.0.0.1:2"],
    "127.0.0.1:2",
    "127.0.0.1:8081",
  ],
];

for (const [text, overrides, proxy, socks] of LISTENERS) {
  Deno.test(`loadConfig() of ${JSON.stringify(text)} and -c ${overrides}: ${proxy}`, async () => {
    const { proxyAddress, socksAddress } = await load(text, { overrides });
    assertEquals(formatSocketAddress(proxyAddress), proxy);
    assertEquals(socksAddress && formatSocketAddress(socksAddress), socks);
  });
}

const MAPS = 'domains = { "A.test" = "allow", "b.test" = "deny" }';
const LISTS = 'allowed_domains = ["A.test"]\ndenied_domains = ["b.test"]';

/** Every way to write the same policy, and how its allowed host is spelled. */
const SAME: Readonly<Record<string, string>> = {
  "[network], lists": `[network]\nenabled = true\n${LISTS}`,
  "[network], maps": `[network]\nenabled = true\n${MAPS}`,
  "[network_proxy]": `[network_proxy]\nenabled = true\n[network_proxy.policy]\n${LISTS}`,
  "a profile, lists": profile(true, LISTS),
  "a profile, maps": profile(true, MAPS),
  "a sandbox, and the feature": `${sandbox(true)}[features.network_proxy]\n${MAPS}`,
  "the feature alone": `[features.network_proxy]\n${MAPS}`,
  "a profile, and the feature": `${profile(true)}[features.network_proxy]\n${MAPS}`,
};

/** Flags over any of them, and the hosts that come of it, in lower case. */
const OVER: readonly (readonly [readonly string[], ...string[]])[] = [
  [[], "allow a.test", "deny b.test"],
  [['network.allowed_domains=["c.test"]'], "allow c.test", "deny b.test"],
  [['network.domains={"c.test"="allow"}'], "allow a.test", "allow c.test", "deny b.test"],
  [['network.domains={"A.TEST"="deny"}'], "deny b.test", "deny a.test"],
  [['network.domains={"b.test"="allow"}'], "allow a.test", "allow b.test"],
  [['network={denied_domains=["c.test"]}'], "allow a.test", "deny c.test"],
];

for (const [name, text] of Object.entries(SAME)) {
  for (const [overrides, ...expected] of OVER) {
    Deno.test(`loadConfig() lays -c ${overrides} over ${name}`, async () => {
      const config = await load(text, { overrides: [...overrides, "network.mode=limited"] });
      assertEquals(hostsOf(config).map((host) => host.toLowerCase()), expected);
      assertEquals([config.network.mode, config.off], ["limited", null]);
    });
  }

  Deno.test(`loadConfig() adds --allow and --deny to ${name}`, async () => {
    const config = await load(text, { allow: ["x.test"], deny: ["y.test"] });
    assertEquals(hostsOf(config).map((host) => host.toLowerCase()), [
      "allow a.test",
      "allow x.test",
      "deny b.test",
      "deny y.test",
    ]);
  });
}

Deno.test("loadConfig() hears of a socket that the feature closes", async () => {
  const text = profile(true, 'unix_sockets = { "/a" = "allow", "/b" = "allow" }');
  const feature = '[features.network_proxy]\nunix_sockets = { "/a" = "deny", "/c" = "allow" }';
  const { network } = await load(text + feature);
  assertEquals(network.allow_unix_sockets, ["/b", "/c"]);
});

/** Files, and what is wrong with all of them together. */
const FAULTS: readonly (readonly [string, readonly string[], ...string[]])[] = [
  [
    "[permissions.p.network]",
    [],
    '1:2 profiles are defined, and none is selected: write default_permissions = "p"',
  ],
  ["[permissions.p.network]", ["default_permissions=p"]],
  ["sandbox_mode = 'read-only'\n[permissions.p.network]", []],
  ["permissions = {}", []],
  [
    "default_permissions = 'p'\n[permissions.p]\n[permissions.q]\nnetwrok = 1",
    [],
    '4:1 unknown key "netwrok": did you mean "network"?',
  ],
  [
    profile(true, 'moed = "full"\ndomains = { "*" = "allow" }'),
    [],
    '8:1 unknown key "moed": did you mean "mode"?',
    '9:13 bad host pattern "*": it matches every host; name the hosts, or write *.example.com ' +
    "for what lies below one; to allow all that is not denied set dangerously_allow_all_domains = true",
  ],
  [
    profile(true, "mode = 'slow'"),
    [],
    '8:8 "mode" is "slow": expected "full" or "limited"',
  ],
  [
    "sandbox_mode = 'read-only'",
    ["default_permissions=:workspace", "sandbox_mode=read-only"],
    '-c in "sandbox_mode=read-only": "default_permissions" and "sandbox_mode" exclude each other: ' +
    "give one of them",
  ],
  // Only what is allowed has to be a path.
  [profile(true, 'unix_sockets = { "x" = "deny" }'), []],
  [
    profile(true, 'unix_sockets = { "x" = "allow" }'),
    [],
    `8:18 invalid network.allow_unix_sockets[0]: expected a NUL-free absolute path for ${
      socketOs(Deno.build.os)
    }, got "x"`,
  ],
  // A dot ends a name in a flag.
  [
    "[network]",
    ["network.domains.a.test=allow"],
    '-c in "network.domains.a.test=allow": "domains.a" is a table: expected "allow" or "deny"',
  ],
];

for (const [text, overrides, ...expected] of FAULTS) {
  Deno.test(`loadConfig() of ${JSON.stringify(text)} and -c ${overrides} tells`, async () => {
    assertEquals(await faultsOf(text, { overrides }), expected);
  });
}

const POLICY = '[network]\nallowed_domains = ["a.test"]';

/** Two places that say different things, and the fault that names both. */
const TWO: readonly (readonly [Layers, string[], string])[] = [
  [
    { user: `${profile(true, "via = false")}${POLICY}` },
    [],
    "user:8:1 [network] has a policy, too, at user.toml:10: write all of it in one of them",
  ],
  [
    { system: POLICY, user: profile(true, "via = false") },
    [],
    "user:8:1 [network] has a policy, too, at system.toml:2: write all of it in one of them",
  ],
  [
    { user: POLICY },
    ["default_permissions=p", "permissions.p.network.via=false"],
    '-c in "permissions.p.network.via=false": [network] has a policy, too, at user.toml:2: ' +
    "write all of it in one of them",
  ],
  [
    { system: POLICY, user: '[network]\ndomains = { "b.test" = "allow" }' },
    [],
    'system:2:1 both "allowed_domains" and "domains" in [network]: write all in "domains"',
  ],
];

for (const [layers, overrides, expected] of TWO) {
  Deno.test(`loadConfig() refuses two policies: ${expected}`, async () => {
    assertEquals(await faultsOfLayers(layers, overrides), [expected]);
  });
}

Deno.test("loadConfig() takes an empty [network] for none", async () => {
  const config = await load(`${profile(true, LISTS)}[network]`, {
    overrides: ["network.mode=limited"],
  });
  assertEquals([config.selection.surface, config.network.mode, hostsOf(config)], [
    "profile",
    "limited",
    ["allow A.test", "deny b.test"],
  ]);
});

/** A file, and how its policy is found. */
const SURFACES: readonly (readonly [string, string, string, string[]])[] = [
  ["", "none", "nothing is written", []],
  [POLICY, "network", "network at config.toml:1:2", []],
  [profile(true), "profile", "default_permissions at config.toml:1:1", []],
  [sandbox(true), "sandbox_mode", "sandbox_mode at config.toml:1:1", []],
  [
    "[sandbox_workspace_write]\nnetwork_access = false",
    "none",
    "nothing is written",
    ['1:2 "sandbox_workspace_write" is not in force: no sandbox_mode is written'],
  ],
  [
    `default_permissions = ":workspace"\n${sandbox(true)}`,
    "profile",
    "default_permissions at config.toml:1:1, which wins over sandbox_mode",
    [
      '4:2 "sandbox_workspace_write" is not in force: ' +
      "default_permissions at config.toml:1:1, which wins over sandbox_mode",
    ],
  ],
];

for (const [text, surface, why, notices] of SURFACES) {
  Deno.test(`resolve() of ${JSON.stringify(text)} finds ${surface}`, () => {
    const findings = new Findings();
    const { selection } = resolve(
      { files: [tableOf(text)], flags: [], root: tableOf(text) },
      findings,
    );
    assertEquals([selection.surface, selection.why], [surface, why]);
    assertEquals([print(findings.faults()), print(findings.notices())], [[], notices]);
  });
}

Deno.test("loadConfig() says which profile an older mode above it keeps out of force", async () => {
  const system = profile(true, 'domains = { "evil.test" = "deny" }');
  const { notices } = await loadLayers({ system, user: sandbox(true) });
  const said = notices.map(({ origin, message }) => `${named(origin)} ${message}`).join("\n");
  assertStringIncludes(said, 'system:1:1 "default_permissions" is not in force: sandbox_mode at');
});

Deno.test("resolve() switches on what a profile or a sandbox gives, where that is written", () => {
  for (const [text, at] of [[profile(true), "7:1"], [sandbox(true), "4:18"]] as const) {
    const root = tableOf(text);
    const { network, off } = resolve({ files: [root], flags: [], root }, new Findings());
    const enabled = network.entries.get("enabled")!;
    assertEquals([plain(enabled.value), where(enabled.key.origin), off], [true, at, null]);
  }
});

Deno.test("resolve() says where it was switched off", () => {
  const root = tableOf(`${POLICY}\n[features]\nnetwork_proxy = false`);
  const { network, off } = resolve({ files: [root], flags: [], root }, new Findings());
  const enabled = network.entries.get("enabled")!;
  assertEquals([plain(enabled.value), where(enabled.key.origin)], [false, "4:17"]);
  assertEquals(off && where(off.origin), "4:17");
});

/** What a profile says, and whether that means looking inside HTTPS. */
const LOOKS: readonly (readonly [string, readonly string[], boolean])[] = [
  ["", [], false],
  ["mode = 'limited'", [], true],
  ["", ["network.mode=limited"], true],
  ["mode = 'limited'\nmitm = false", [], false],
  ["mode = 'limited'", ["network.mitm=false"], false],
  [
    "[permissions.workspace.network.mitm.hooks.h]\nhost = 'a.test'\nmethods = ['GET']\n" +
    "path_prefixes = ['/']",
    [],
    true,
  ],
  ["[permissions.workspace.network.rules]\n'a.test' = 'read'", [], true],
];

for (const [lines, overrides, expected] of LOOKS) {
  Deno.test(`loadConfig() of a profile with ${JSON.stringify([lines, overrides])}`, async () => {
    const { network } = await load(profile(true, `via = true\n${lines}`), { overrides });
    assertEquals(network.mitm, expected);
  });
}

Deno.test("loadConfig() looks into nothing that [network] does not say", async () => {
  assertEquals((await load("[network]\nmode = 'limited'")).network.mitm, false);
});

/** Everything that there is, in little. */
const ALL = `default_permissions = "a"
sandbox_mode = "read-only"
[permissions.a]
extends = "b"
description = "x"
workspace_roots = { "/w" = true }
[permissions.a.filesystem]
":project_roots" = { "docs" = "read" }
glob_scan_max_depth = 3
[permissions.b.network]
enabled = true
domains = { "A.test" = "allow", "*.b.test" = "deny" }
unix_sockets = { "/tmp/s" = "allow" }
[permissions.b.network.mitm.hooks.h]
host = "a.test"
methods = ["GET"]
path_prefixes = ["/"]
action = ["x"]
[permissions.b.network.mitm.actions.x]
strip_request_headers = ["cookie"]
[sandbox_workspace_write]
network_access = true
[features.network_proxy]
enabled = true
mode = "limited"
`;

Deno.test("loadConfig() loads any of it with one word changed, or tells where (seed 4)", async () => {
  await load(ALL);
  const words = ["true", "1", '"x"', "[]", "{}", "a", "deny", "network", "enabled", ":x", ".", ""];
  const spots = [...ALL.matchAll(/"[^"]*"|[\w.]+/g)];
  let state = 4;
  const pick = (n: number) => (state = (state * 1103515245 + 12345) % 2 ** 31) % n;
  for (const { 0: word, index } of spots) {
    const stranger = words[pick(words.length)]!;
    const text = ALL.slice(0, index) + stranger + ALL.slice(index + word.length);
    await load(text).catch((error) => {
      assertInstanceOf(error, ConfigError, text);
      for (const { origin: { line, column } } of error.faults) assert(line! >= 1 && column! >= 1);
    });
  }
});
