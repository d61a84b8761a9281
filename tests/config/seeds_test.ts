import { assertEquals } from "@std/assert";
import type { Config } from "../../src/config/config.ts";
import { formatSocketAddress } from "../../src/net/address/endpoint.ts";
import { type Flags, hostsOf, load } from "./load.ts";

/** A file as it was published, in `seeds/`. */
async function seed(name: string, flags: Flags = {}): Promise<Config> {
  return await load(await Deno.readTextFile(new URL(`seeds/${name}.toml`, import.meta.url)), flags);
}

/** What a policy means, in one spelling for all ways to write it. */
function meaning(config: Config): unknown {
  const { network } = config;
  return {
    enabled: network.enabled,
    proxy: formatSocketAddress(config.proxyAddress),
    socks: config.socksAddress && formatSocketAddress(config.socksAddress),
    udp: network.enable_socks5_udp,
    upstream: network.allow_upstream_proxy,
    nonLoopback: network.dangerously_allow_non_loopback_proxy,
    mode: network.mode,
    mitm: network.mitm,
    hosts: hostsOf(config),
    localBinding: network.allow_local_binding,
    sockets: network.allow_unix_sockets,
    allSockets: network.dangerously_allow_all_unix_sockets,
    surface: config.selection.surface,
    switched: config.switched,
    off: config.off?.why ?? null,
  };
}

/** The baseline for local use. */
const BASELINE = {
  enabled: true,
  proxy: "127.0.0.1:3128",
  socks: "127.0.0.1:8081",
  udp: true,
  upstream: true,
  nonLoopback: false,
  mode: "full",
  mitm: false,
  hosts: [] as readonly string[],
  localBinding: true,
  sockets: [] as readonly string[],
  allSockets: false,
  off: null,
};
const HOSTS = [
  "allow *.openai.com",
  "allow localhost",
  "allow 127.0.0.1",
  "allow ::1",
  "deny evil.example",
];
const SOCKETS = ["/tmp/example.sock"];
const OPEN = { network: "enabled", proxy: "off" };
const PROXIED = { network: "enabled", proxy: "on" };

/** A file, and what it means. */
const SEEDS: readonly (readonly [string, unknown])[] = [
  ["network_proxy", {
    ...BASELINE,
    socks: null,
    udp: false,
    upstream: false,
    hosts: ["allow *.openai.com", "deny evil.example"],
    localBinding: false,
    sockets: SOCKETS,
    surface: "network",
    switched: PROXIED,
  }],
  ["network", {
    ...BASELINE,
    hosts: HOSTS,
    sockets: SOCKETS,
    surface: "network",
    switched: PROXIED,
  }],
  ["profile_lists", {
    ...BASELINE,
    hosts: HOSTS,
    sockets: SOCKETS,
    surface: "profile",
    switched: OPEN,
  }],
  ["profile_feature", { ...BASELINE, surface: "profile", switched: PROXIED }],
  ["sandbox_feature", { ...BASELINE, surface: "sandbox_mode", switched: PROXIED }],
];

for (const [name, expected] of SEEDS) {
  Deno.test(`loadConfig() reads seeds/${name}.toml as it was meant`, async () => {
    assertEquals(meaning(await seed(name)), expected);
  });
}

const NOTHING_ALLOWED = "no host is allowed: every request will be blocked";

/** What is said of each: no more than that it is old, or allows nothing. */
const NOTICES: readonly (readonly [string, ...string[]])[] = [
  [
    "network_proxy",
    "[network_proxy] is the old spelling: write [network], " +
    "and the keys of [network_proxy.policy] directly under it",
  ],
  ["network"],
  ["profile_lists"],
  ["profile_feature", NOTHING_ALLOWED],
  ["sandbox_feature", NOTHING_ALLOWED],
];

for (const [name, ...expected] of NOTICES) {
  Deno.test(`loadConfig() says of seeds/${name}.toml what has to be said`, async () => {
    assertEquals((await seed(name)).notices.map(({ message }) => message), expected);
  });
}

Deno.test("loadConfig() is the baseline for local use, where a file says nothing", async () => {
  const expected: unknown = {
    ...BASELINE,
    enabled: false,
    surface: "none",
    switched: { network: "restricted", proxy: "off" },
  };
  assertEquals(meaning(await load("")), expected);
});

Deno.test("loadConfig() hears the feature from flags", async () => {
  const overrides = [
    "features.network_proxy.enabled=true",
    "features.network_proxy.enable_socks5=false",
  ];
  for (const flags of [["features.network_proxy=true"], overrides]) {
    const { switched, socksAddress } = await seed("profile_lists", { overrides: flags });
    assertEquals([switched, socksAddress === null], [PROXIED, flags === overrides]);
  }
});
