import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { type Config, loadConfig } from "../../src/config/config.ts";
import { ConfigError } from "../../src/config/errors.ts";
import { DEFAULT_NETWORK, EMBEDDED_NETWORK } from "../../src/config/network_table.ts";
import { formatSocketAddress } from "../../src/net/address/endpoint.ts";
import { formatHostPattern } from "../../src/policy/host_pattern.ts";
import { DEFAULT_LIMITS } from "../../src/proxy/limits.ts";
import { faultsOf, type Flags, load, noticesOf, where } from "./load.ts";

/** The example of the seeds' README, with its comments. */
const EXAMPLE = `[network]
enabled = true
proxy_url = "http://127.0.0.1:3128"
admin_url = "http://127.0.0.1:8080"
# SOCKS5 listener (enabled by default).
enable_socks5 = true
socks_url = "http://127.0.0.1:8081"
enable_socks5_udp = true
# When \`enabled\` is false, the proxy no-ops and does not bind listeners.
# When true, respect HTTP(S)_PROXY/ALL_PROXY for upstream requests (HTTP(S) proxies only),
# including CONNECT tunnels in full mode.
allow_upstream_proxy = true
# By default, non-loopback binds are clamped to loopback for safety.
# If you want to expose these listeners beyond localhost, you must opt in explicitly.
dangerously_allow_non_loopback_proxy = false
dangerously_allow_non_loopback_admin = false
mode = "full" # default when unset; use "limited" for read-only mode
# When true, HTTPS CONNECT can be terminated so limited-mode method policy still applies.
mitm = false
# CA cert/key are managed internally under $CODEX_HOME/proxy/ (ca.pem + ca.key).

# Hosts must match the allowlist (unless denied).
# If \`allowed_domains\` is empty, the proxy blocks requests until an allowlist is configured.
allowed_domains = ["*.openai.com", "localhost", "127.0.0.1", "::1"]
denied_domains = ["evil.example"]

# If false, local/private networking is rejected. Explicit allowlisting of local IP literals
# (or \`localhost\`) is required to permit them.
# Hostnames that resolve to local/private IPs are still blocked even if allowlisted.
allow_local_binding = true

# macOS-only: allows proxying to a unix socket when request includes \`x-unix-socket: /path\`.
allow_unix_sockets = ["/tmp/example.sock"]
# DANGEROUS (macOS-only): bypasses unix socket allowlisting and permits any
# absolute socket path from \`x-unix-socket\`.
dangerously_allow_all_unix_sockets = false
`;

/** The example of the first seed, in the old spelling. */
const OLD_EXAMPLE = `[network_proxy]
enabled = true
proxy_url = "http://127.0.0.1:3128"
admin_url = "http://127.0.0.1:8080"
enable_socks5 = false
socks_url = "http://127.0.0.1:8081"
enable_socks5_udp = false
allow_upstream_proxy = false
dangerously_allow_non_loopback_proxy = false
dangerously_allow_non_loopback_admin = false
mode = "full" # default when unset; use "limited" for read-only mode

[network_proxy.policy]
allowed_domains = ["*.openai.com"]
denied_domains = ["evil.example"]
allow_local_binding = false
allow_unix_sockets = ["/tmp/example.sock"]
`;

/** The rules, each as `list pattern line:column`. */
function rulesOf({ policy }: Config): string[] {
  return policy.rules.map(({ list, pattern, origin }) =>
    `${list} ${formatHostPattern(pattern)} ${where(origin)}`
  );
}

Deno.test("loadConfig() reads the example of the seeds", async () => {
  const config = await load(EXAMPLE);
  assertEquals(config.network, {
    ...DEFAULT_NETWORK,
    enabled: true,
    allowed_domains: ["*.openai.com", "localhost", "127.0.0.1", "::1"],
    denied_domains: ["evil.example"],
    allow_unix_sockets: ["/tmp/example.sock"],
  });
  assertEquals(rulesOf(config), [
    "allow *.openai.com 24:20",
    "allow localhost 24:36",
    "allow 127.0.0.1 24:49",
    "allow ::1 24:62",
    "deny evil.example 25:19",
  ]);
  assertEquals(config.limits, DEFAULT_LIMITS);
  assertEquals(formatSocketAddress(config.proxyAddress), "127.0.0.1:3128");
  assertEquals(formatSocketAddress(config.socksAddress!), "127.0.0.1:8081");
  assertEquals(formatSocketAddress(config.adminAddress), "127.0.0.1:8080");
  assert(config.originOf("network.enabled") !== undefined);
});

Deno.test("loadConfig() obeys all of the seeds' example", async () => {
  assertEquals(await noticesOf(EXAMPLE), []);
});

Deno.test("loadConfig() reads the old spelling as the new one", async () => {
  const config = await load(OLD_EXAMPLE);
  assertEquals(config.network, {
    ...DEFAULT_NETWORK,
    enabled: true,
    enable_socks5: false,
    enable_socks5_udp: false,
    allow_upstream_proxy: false,
    allow_local_binding: false,
    allowed_domains: ["*.openai.com"],
    denied_domains: ["evil.example"],
    allow_unix_sockets: ["/tmp/example.sock"],
  });
  assertEquals(rulesOf(config), ["allow *.openai.com 14:20", "deny evil.example 15:19"]);
  assertEquals(config.notices.filter(({ message }) => message.includes("old spelling")).length, 1);
  assertEquals(where(config.originOf("network.allow_local_binding")!), "16:1");
});

Deno.test("loadConfig() takes the defaults for what a file leaves out", async () => {
  const config = await load(
    "[network]\nenabled = true\nmode = 'limited'\nallowed_domains = ['x.test']",
  );
  assertEquals(config.network, {
    ...DEFAULT_NETWORK,
    enabled: true,
    mode: "limited",
    allowed_domains: ["x.test"],
  });
  assertEquals(config.notices, []);
});

Deno.test("loadConfig() is the baseline for a file that says nothing", async () => {
  const config = await load("# nothing yet\n");
  assertEquals(config.network, DEFAULT_NETWORK);
  assertEquals(config.originOf("network.enabled"), undefined);
  assertEquals(await noticesOf("# nothing yet\n"), [
    "file no host is allowed: every request will be blocked",
  ]);
});

Deno.test("loadConfig() without a file is on, allows nothing and asks", async () => {
  const config = await load(null);
  assertEquals(config.network, EMBEDDED_NETWORK);
  assertEquals(config.policy, {
    enabled: true,
    mode: "full",
    rules: [],
    requestRules: [],
    allowLocalBinding: true,
    interception: false,
    sniBinding: true,
    denyEch: false,
    dangerouslyAllowAllDomains: false,
    ask: true,
    unixSockets: [],
    dangerouslyAllowAllUnixSockets: false,
  });
  assertEquals([config.sources, config.notices], [["built-in"], []]);
  assertEquals(config.originOf("network.enabled"), undefined);
});

Deno.test("loadConfig() without a file still hears the flags, and keeps asking", async () => {
  const config = await load(null, {
    overrides: ["network.mode=limited", "network.enabled=false"],
    allow: ["a.test", "*.b.test"],
    deny: ["c.test"],
  });
  assertEquals(config.network, {
    ...EMBEDDED_NETWORK,
    enabled: false,
    mode: "limited",
    allowed_domains: ["a.test", "*.b.test"],
    denied_domains: ["c.test"],
  });
  assertEquals(config.sources, [
    "built-in",
    "-c network.mode=limited",
    "-c network.enabled=false",
    "--allow a.test",
    "--allow *.b.test",
    "--deny c.test",
  ]);
  assertEquals(config.policy.ask, true);
  assert(config.originOf("network.enabled") !== undefined);
});

Deno.test("loadConfig() names its flags without credentials or control characters", async () => {
  const { sources } = await load(null, {
    overrides: ["network.proxy_url=http://me:secret@127.0.0.1:1\n"],
    allow: [" a.test\n"],
  });
  assertEquals(sources.slice(1), [
    "-c network.proxy_url=http://…@127.0.0.1:1\\u000a",
    "--allow  a.test\\u000a",
  ]);
});

Deno.test("loadConfig() makes the policy from the merged table", async () => {
  const text = "[network]\nenabled = true\nallow_local_binding = false\n" +
    "sni_binding = false\ndangerously_allow_all_domains = true";
  const { policy } = await load(text, { overrides: ["network.ask=true", "network.mode=limited"] });
  assertEquals(policy, {
    enabled: true,
    mode: "limited",
    rules: [],
    requestRules: [],
    allowLocalBinding: false,
    interception: false,
    sniBinding: false,
    denyEch: false,
    dangerouslyAllowAllDomains: true,
    ask: true,
    unixSockets: [],
    dangerouslyAllowAllUnixSockets: false,
  });
});

Deno.test("loadConfig() adds --allow and --deny to the lists", async () => {
  const text = "[network]\nallowed_domains = ['a.test']\ndenied_domains = ['b.test']";
  const config = await load(text, {
    allow: ["c.test"],
    deny: ["d.test"],
    overrides: ['network.denied_domains=["e.test"]'],
  });
  assertEquals(rulesOf(config), [
    "allow a.test 2:20",
    "allow c.test --allow",
    "deny e.test -c",
    "deny d.test --deny",
  ]);
});

Deno.test("loadConfig() clamps the proxy and says so", async () => {
  const text = "[network]\nproxy_url = 'http://0.0.0.0:80'\nask = true";
  const config = await load(text);
  assertEquals(formatSocketAddress(config.proxyAddress), "127.0.0.1:80");
  assertEquals(await noticesOf(text), [
    "2:13 HTTP proxy listens on 127.0.0.1:80, not on 0.0.0.0:80: " +
    'only "dangerously_allow_non_loopback_proxy = true" lets it leave loopback',
  ]);
});

Deno.test("loadConfig() reads limits from file and flags", async () => {
  const { limits } = await load("[network.limits]\nconnections = 5", {
    overrides: ["network.limits.dns_seconds=2"],
  });
  assertEquals(limits, { ...DEFAULT_LIMITS, connections: 5, connectionsPerClient: 4, dnsMs: 2000 });
});

const ORIGINS: readonly (readonly [string, string | undefined])[] = [
  ["network", "1:2"],
  ["network.mode", "2:1"],
  ["network.ask", "-c"],
  ["network.limits", "3:1"],
  ["network.limits.connections", "3:8"],
  ["network.allowed_domains", "--allow"],
  ["network.denied_domains", "4:1"],
  ["network.via", undefined],
  ["toString", undefined],
];

for (const [key, expected] of ORIGINS) {
  Deno.test(`originOf() finds ${key}`, async () => {
    const text = "[network]\nmode = 'full'\nlimits.connections = 1\ndenied_domains = ['x.test']";
    const config = await load(text, {
      overrides: ["network.ask=true"],
      allow: ["a.test"],
      deny: ["b.test"],
    });
    const origin = config.originOf(key);
    assertEquals(origin && where(origin), expected);
  });
}

const AGAIN = "is denied as well: deny wins, and it stays blocked";

const NOTICES: readonly (readonly [string | null, Flags, ...string[]])[] = [
  [null, { allow: ["a.test"], deny: ["A.test"] }, `--allow "a.test" ${AGAIN}`],
  [
    "[network]\nallowed_domains = ['a.test', '*.github.io']",
    { deny: ["a.test"] },
    `2:20 "a.test" ${AGAIN}`,
    '2:30 "*.github.io" is shared by strangers: anyone can get a name under "github.io"; ' +
    'allow the one you mean, as in "example.github.io"',
  ],
];

for (const [text, flags, ...expected] of NOTICES) {
  Deno.test(`loadConfig() notes ${JSON.stringify([text, flags])}`, async () => {
    assertEquals(await noticesOf(text, flags), expected);
  });
}

Deno.test("loadConfig() tells every fault, in the order of the file and then of the flags", async () => {
  const text = `rules = 1
[network]
"alowed_domains" = ["x"]
allowed_domains = [ # one bad, one good
  "*", 'ok.test',
  "*.com", """*.co.uk""",
]
mode = 3
proxy_url = "example.com:notaport"
rules = []
"weird\\u001b[31mkey" = 1
limits.connections = 0
[features]
network_proxy = 1
`;
  const faults = await faultsOf(text, {
    overrides: ["network.via=no", "network"],
    allow: ["http://x.test"],
    deny: ["*.de"],
  });
  assertEquals(faults.map((fault) => fault.split(/; |: remove/)[0]), [
    '1:1 "rules" stands outside [network]: write it there',
    '3:1 unknown key "alowed_domains": did you mean "allowed_domains"?',
    '5:3 bad host pattern "*": it matches every host',
    '6:3 bad host pattern "*.com": "com" is a public suffix, anyone may register a name under it',
    '6:12 bad host pattern "*.co.uk": "co.uk" is a public suffix, anyone may register a name under it',
    '8:8 "mode" is 3: expected "full" or "limited"',
    '9:13 "proxy_url" is "example.com:notaport": the port is not a plain decimal number',
    '10:9 "rules" is an empty list: expected a table: write [network.rules], and "host" = "read" under it',
    '11:1 unknown key "weird\\u001b[31mkey"',
    '12:22 "connections" is 0: expected a whole number from 1 to 1000000',
    '14:17 "features.network_proxy" is 1: expected true or false',
    '-c in "network.via=no": "via" is "no": expected true or false',
    '-c in "network": no "="',
    '--allow bad host pattern "http://x.test": it is a URL',
    '--deny bad host pattern "*.de": "de" is a public suffix, a rule over all its names is refused in both lists',
  ]);
});

Deno.test("loadConfig() prints a fault as file:line:column", async () => {
  const file = await Deno.makeTempFile({ suffix: ".toml" });
  try {
    await Deno.writeTextFile(file, "[network]\nmode = 3");
    const source = { file, overrides: ["network.ask=1"], allow: [], deny: [] };
    const error = await assertRejects(() => loadConfig(source), ConfigError);
    assertEquals(
      error.message,
      `${file}:2:8: "mode" is 3: expected "full" or "limited"\n` +
        '-c: in "network.ask=1": "ask" is 1: expected true or false',
    );
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("loadConfig() never takes the default for a home file that it cannot read", async () => {
  const homeFile = await Deno.makeTempDir();
  try {
    const error = await assertRejects(
      () => loadConfig({ homeFile, overrides: [], allow: [], deny: [] }),
      ConfigError,
    );
    assertEquals(error.faults, [{
      origin: { file: homeFile, line: null, column: null },
      message: "cannot read this file: it is a folder; name the file in it",
    }]);
  } finally {
    await Deno.remove(homeFile);
  }
});

/** A seeded source of numbers below `n` (mulberry32). */
function random(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

/** Everything a configuration can have, in little. */
const VALID = `# é
[network]
enabled = true
"mode" = 'limited'
allowed_domains = ["*.a.test", # x
  'b.test:8443', "::1",
  """10.0.0.0/8""" ]
limits = { connections = 10, dns_seconds = 0x5 }
mitm.enabled = false
proxy_url = "http://127.0.0.1:80"
ask_hold_seconds = 3_0
`;

/** Loads, and checks that whatever is wrong has a place inside the text. */
async function mustLoadOrTell(text: string): Promise<void> {
  const lines = text.split("\n");
  try {
    await load(text);
  } catch (error) {
    assertInstanceOf(error, ConfigError, JSON.stringify(text));
    assert(error.faults.length > 0);
    for (const { origin: { line, column } } of error.faults) {
      assert(line !== null && column !== null, text);
      assert(line >= 1 && line <= lines.length && column >= 1, text);
      assert(column <= lines[line - 1]!.length + 1, text);
    }
  }
}

Deno.test("loadConfig() loads any file with one wrong character, or tells (seed 2)", async () => {
  await load(VALID);
  const pick = random(2);
  const strangers = [..."\"'\\[]{}=,.#\n\r\t \0\x1b*?-+_09aZé😀\ufeff\u202e"];
  for (let round = 0; round < 600; round++) {
    const at = pick(VALID.length);
    const stranger = strangers[pick(strangers.length)]!;
    const [text] = [
      VALID.slice(0, at) + stranger + VALID.slice(at + 1),
      VALID.slice(0, at) + stranger + VALID.slice(at),
      VALID.slice(0, at) + VALID.slice(at + 1),
      VALID.slice(0, at),
    ].slice(pick(4));
    await mustLoadOrTell(text!);
  }
});

Deno.test("loadConfig() takes any -c, --allow and --deny, or tells (seed 3)", async () => {
  const pick = random(3);
  const parts = [
    "network",
    ".",
    "=",
    "mode",
    "limits",
    "allowed_domains",
    '"',
    "'",
    "[",
    "]",
    "{",
    "}",
    "*",
    "com",
    " ",
    "1",
    "\n",
    "true",
    "__proto__",
    "constructor",
    "\0",
    "mitm",
    "@",
    ":",
    "//",
  ];
  const text = (): string =>
    Array.from({ length: 1 + pick(8) }, () => parts[pick(parts.length)]).join("");
  for (let round = 0; round < 500; round++) {
    const flags = { overrides: [`network.${text()}`, text()], allow: [text()], deny: [text()] };
    await load(null, flags).catch((error) => {
      assertInstanceOf(error, ConfigError, JSON.stringify(flags));
    });
  }
});

Deno.test("loadConfig() makes the policy bind names, and deny ECH where that is said", async () => {
  const words = (text: string) =>
    load(`[network]\n${text}`).then(({ policy }) => [policy.sniBinding, policy.denyEch]);
  assertEquals(await words("ask = true"), [true, false]);
  assertEquals(await words("ech = 'deny'"), [true, true]);
  assertEquals(await words("ech = 'allow'\nsni_binding = false"), [false, false]);
});

Deno.test("loadConfig() reads the rules that may carry anything", async () => {
  const text = "[network]\nallowed_domains = ['a.test', 'b.test:443 raw']";
  const { policy } = await load(text);
  assertEquals(policy.rules.map(({ text, raw }) => [text, raw ?? false]), [
    ["a.test", false],
    ["b.test:443 raw", true],
  ]);
});
