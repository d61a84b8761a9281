import { assertEquals, assertStringIncludes } from "@std/assert";
import { learnedPolicy, type Taught } from "../../../src/cli/learn/learned_policy.ts";
import { policyInForce } from "../../../src/cli/policy_in_force.ts";
import { type ConfigSource, loadConfig } from "../../../src/config/config.ts";
import { loadRequirements } from "../../../src/config/requirements/load_requirements.ts";
import { parseEndpoint } from "../../../src/net/address/endpoint.ts";
import { compilePolicy } from "../../../src/policy/compile.ts";
import type { NetworkRequest } from "../../../src/policy/request.ts";
import { configFile } from "../../cli/config_files.ts";
import { learned, type Visit } from "../../support/learned.ts";
import { connectTo, httpTo } from "../../support/policy.ts";

/** What is written of visits. */
async function written(
  visits: readonly Visit[],
  change: Partial<ConfigSource> = {},
  more: Partial<Pick<Taught, "program" | "code">> = {},
): Promise<string> {
  return learnedPolicy({ ...await learned(visits, change), program: "tool", code: 0, ...more });
}

/** What a written policy says of requests; it has to load without a word. */
async function judge(text: string) {
  await using file = await configFile(text);
  const config = await loadConfig({ file: file.path, overrides: [], allow: [], deny: [] });
  assertEquals(config.notices.map(({ message }) => message), []);
  const policy = compilePolicy(policyInForce(config));
  return {
    config,
    verdict(request: NetworkRequest): string {
      const decision = policy.decide(request);
      return decision.verdict === "deny" ? decision.reason : decision.verdict;
    },
  };
}

Deno.test("learnedPolicy() writes a whole configuration, with a word about each host", async () => {
  const text = await written([
    { host: "registry.npmjs.org", up: 517, down: 4096 },
    { host: "a.test", port: 80, protocol: "http", method: "POST", up: 5, down: 10 },
    { host: "127.0.0.1", port: 8080, protocol: "http", blocked: "not_allowed_local" },
    { host: "down.test", outcome: "failed", down: 0 },
  ], { deny: ["Denied.test"] });
  assertEquals(
    text,
    `# The smallest policy under which tool reaches what it reached while Doorward looked on:
# 2 places in 2 requests.
# It says what the command asked for, and not what is good: read each line before you rely on it.
[network]
enabled = true
mode = "full"
allowed_domains = [
  # 1 request; first 2026-01-02T03:04:05.678Z; 517 B up, 4.1 kB down
  "registry.npmjs.org:443",
  # 1 request; first 2026-01-02T03:04:05.678Z; 5 B up, 10 B down; POST
  # look at it: writes (POST); plain http
  "a.test:80",
]
# Presets that have some of these hosts, and let them be reached on every port:
# presets = ["npm"] has registry.npmjs.org
denied_domains = [
  "denied.test",
]
# This machine and private networks stay out of reach.
allow_local_binding = false
# Nothing came by SOCKS5.
enable_socks5 = false
# What HTTPS carried was not looked at (mitm = false): hosts may be written to.

# Blocked while Doorward looked on, and not allowed here (doorward explain says more):
#   127.0.0.1:8080: a loopback address (1 time)

# Not reached, and not allowed here:
#   down.test:443
`,
  );
});

const ALL_WAYS: readonly Visit[] = [
  { host: "a.test" },
  { host: "8.8.4.4", port: 22, protocol: "socks5_tcp" },
  { host: "2001:4860::8844" },
  { host: "plain.test", port: 80, protocol: "http" },
  { host: "dns.test", port: 53, protocol: "socks5_udp" },
];

Deno.test("what was reached passes under what was learned, and nothing beside it", async () => {
  const { verdict } = await judge(await written(ALL_WAYS));
  const passes: readonly NetworkRequest[] = [
    connectTo("a.test:443"),
    connectTo("8.8.4.4:22", "socks5_tcp"),
    connectTo("[2001:4860::8844]:443"),
    connectTo("dns.test:53", "socks5_udp"),
    httpTo("plain.test", { target: endpoint("plain.test:80") }),
  ];
  assertEquals(passes.map(verdict), Array(5).fill("allow"));
  const others: readonly NetworkRequest[] = [
    ...["a.test:80", "b.a.test:443", "test:443", "8.8.4.4:443", "dns.test:53", "other.test:443"]
      .map((place) => connectTo(place)),
    connectTo("dns.test:54", "socks5_udp"),
  ];
  assertEquals(others.map(verdict), Array(7).fill("not_allowed"));
});

Deno.test("ways by which nothing came are closed", async () => {
  const switches = async (...visits: readonly Visit[]) => {
    const { enable_socks5: socks, enable_socks5_udp: udp } =
      (await judge(await written(visits))).config.network;
    return [socks, udp];
  };
  const [tunnel, socks, , , udp] = ALL_WAYS;
  assertEquals((await switches(tunnel!))[0], false);
  assertEquals(await switches(tunnel!, socks!), [true, false]);
  assertEquals(await switches(udp!), [true, true]);
});

const READ: Visit = { host: "read.test", method: "GET", kind: "request" };
const SEEN: readonly Visit[] = [
  READ,
  { ...READ, host: "write.test", method: "POST" },
  { ...READ, host: "write.test", method: "GET" },
  { ...READ, host: "socket.test", kind: "tunnel" },
  { host: "unseen.test", port: 22 },
];
const MITM = { overrides: ["network.enabled=true", "network.mitm=true"] };

Deno.test("where methods were seen, hosts are held to them", async () => {
  const text = await written(SEEN, MITM);
  const { verdict } = await judge(text);
  assertStringIncludes(
    text,
    '[network.rules]\n"read.test:443" = "read"\n' +
      '"write.test:443" = { methods = ["GET","POST"] }\n"socket.test:443" = {}\n',
  );
  const inside = (host: string, method: string, upgrades = false) =>
    verdict(httpTo(host, {
      target: endpoint(`${host}:443`),
      protocol: "https_connect",
      scheme: "https",
      method,
      upgrades,
    }));
  assertEquals(inside("read.test", "GET"), "allow");
  assertEquals(inside("read.test", "POST"), "mitm_hook_denied");
  assertEquals(inside("write.test", "POST"), "allow");
  assertEquals(inside("write.test", "DELETE"), "mitm_hook_denied");
  assertEquals(inside("socket.test", "GET", true), "allow");
  assertEquals(verdict(connectTo("read.test:443")), "inspect");
  assertEquals(verdict(connectTo("unseen.test:22")), "allow");
});

Deno.test("request rules of the configuration are not copied, and that is said", async () => {
  const overrides = [...MITM.overrides, "network.rules={'read.test'='read:my-org'}"];
  const said = "# 1 request rule of the configuration: not copied.\n";
  for (const visits of [SEEN, [{ host: "unseen.test", port: 22 }]]) {
    assertStringIncludes(await written(visits, { overrides }), said);
  }
  assertEquals((await written(SEEN, MITM)).includes("not copied"), false);
});

Deno.test("where nothing was looked into, nothing is", async () => {
  const text = await written([{ ...READ, port: 80, protocol: "http" }]);
  assertEquals((await judge(text)).config.network.mitm, false);
  assertEquals(text.includes("looked at"), false);
  assertEquals((await written([{ host: "a.test", port: 22 }], MITM)).includes("mitm"), false);
});

Deno.test("limited mode stays what it is", async () => {
  const overrides = ["network.mode=limited", "network.mitm=true"];
  const { network } = (await judge(await written([READ], { overrides }))).config;
  assertEquals([network.mode, network.mitm], ["limited", true]);
});

Deno.test("how the network is reached is taken over, but for a password", async () => {
  const settings = (...keys: readonly string[]) =>
    written([{ host: "a.test", protocol: "socks5_tcp" }], {
      overrides: keys.map((key) => `network.${key}`),
    });
  const { network } = (await judge(
    await settings(
      "sni_binding=false",
      "upstream_proxy='http://proxy.test:1'",
      "all_proxy=socks5h",
      "dangerously_allow_all_unix_sockets=true",
      'allow_unix_sockets=["/no/a.sock"]',
    ),
  )).config;
  assertEquals(network.upstream_proxy, "http://proxy.test:1");
  assertEquals([network.sni_binding, network.all_proxy], [false, "socks5h"]);
  assertEquals(network.allow_unix_sockets, ["/no/a.sock"]);
  assertEquals(network.dangerously_allow_all_unix_sockets, true);
  const { ech, allow_upstream_proxy } =
    (await judge(await settings("ech=deny", "allow_upstream_proxy=false"))).config.network;
  assertEquals([ech, allow_upstream_proxy], ["deny", false]);
  const secret = await settings("upstream_proxy='http://me:s3cret@proxy.test:1'");
  assertStringIncludes(secret, "# upstream_proxy has a password, and is not copied");
  assertEquals(secret.includes("s3cret"), false);
});

Deno.test("what a command chose can end neither a comment nor a text", async () => {
  const evil = 'a"]\ndangerously_allow_all_domains = true\u2028\x1b[31m';
  const text = await written(
    [{ host: evil }, { host: evil, blocked: `denied\n[network.rules]` }],
    {},
    { program: `x\nmode = "limited"` },
  );
  const { config, verdict } = await judgeNothing(text);
  assertEquals([config.network.dangerously_allow_all_domains, config.network.mode], [
    false,
    "full",
  ]);
  assertEquals(verdict(connectTo("a.test:443")), "not_allowed");
});

Deno.test("what an administrator denies is not copied: it holds without that", async () => {
  await using required = await configFile(
    '[experimental_network]\ndomains = { "bad.test" = "deny" }\n',
  );
  const imposed = { systemFile: "/nonexistent/requirements.toml", named: required.path };
  const requirements = () => loadRequirements(imposed, new AbortController().signal);
  const text = await written([{ host: "a.test" }], { deny: ["own.test"], requirements });
  assertStringIncludes(text, 'denied_domains = [\n  "own.test",\n]\n');
  assertEquals(text.includes("bad.test"), false);
});

Deno.test("known and new hosts are told apart", async () => {
  const text = await written([{ host: "a.x.test" }, { host: "b.test" }], { allow: ["*.x.test"] });
  assertStringIncludes(text, '  # known by "*.x.test"; 1 request; first ');
  assertStringIncludes(text, "  # NEW; 1 request; first ");
  assertEquals((await written([{ host: "b.test" }])).includes("NEW"), false);
});

Deno.test("what makes a policy incomplete is said at its head", async () => {
  const many = Array.from({ length: 1002 }, (_, at) => ({ host: `h${at}.test` }));
  const text = await written(many, {}, { code: 7 });
  assertStringIncludes(
    text,
    "# 1000 places in 1000 requests; it ended with 7, and may need more.\n",
  );
  assertStringIncludes(text, "# INCOMPLETE: 2 requests went to places beyond the first that were ");
  assertEquals((await judge(text)).config.network.allowed_domains.length, 1000);
});

Deno.test("lists of what is not allowed have an end", async () => {
  const many = Array.from({ length: 103 }, (_, at) => ({ host: `h${at}.test`, blocked: "denied" }));
  const text = await written([{ host: "a.test" }, ...many]);
  assertStringIncludes(text, "#   h99.test:443: a deny rule names it (1 time)\n#   and 3 more\n");
});

Deno.test("what nobody asked for is nothing", async () => {
  const text = await written([]);
  assertStringIncludes(text, "\nallowed_domains = []\n");
  assertEquals((await judgeNothing(text)).verdict(connectTo("a.test:443")), "not_allowed");
  const sockets = await written([{ host: "unix-socket", port: 0, protocol: "http" }]);
  assertStringIncludes(
    sockets,
    "# Unix sockets are not learned: those of the configuration are kept.",
  );
});

/** The same of a policy that lets nothing through, which is told. */
async function judgeNothing(text: string) {
  return await judge(text.replace("allowed_domains = []", 'allowed_domains = ["nothing.invalid"]'));
}

function endpoint(text: string) {
  const parsed = parseEndpoint(text, null);
  if ("kind" in parsed) throw new TypeError(parsed.why);
  return parsed;
}
