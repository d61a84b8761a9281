import { assertEquals } from "@std/assert";
import {
  DEFAULT_NETWORK,
  EMBEDDED_NETWORK,
  NETWORK_KEYS,
  readNetwork,
} from "../../src/config/network_table.ts";
import type { NetworkConfig } from "../../src/config/config.ts";
import { Findings } from "../../src/config/toml/findings.ts";
import { print, tableOf } from "./load.ts";

function read(text: string): [NetworkConfig, string[]] {
  const findings = new Findings();
  const network = readNetwork(tableOf(text), DEFAULT_NETWORK, findings);
  return [network, print(findings.faults())];
}

Deno.test("DEFAULT_NETWORK is the seeds' baseline for local use, and our additions", () => {
  assertEquals(DEFAULT_NETWORK, {
    enabled: false,
    proxy_url: "http://127.0.0.1:3128",
    admin_url: "http://127.0.0.1:8080",
    enable_socks5: true,
    socks_url: "http://127.0.0.1:8081",
    enable_socks5_udp: true,
    allow_upstream_proxy: true,
    upstream_proxy: "",
    dangerously_allow_non_loopback_proxy: false,
    dangerously_allow_non_loopback_admin: false,
    admin_auth: "loosen",
    mode: "full",
    presets: [],
    allowed_domains: [],
    denied_domains: [],
    allow_unix_sockets: [],
    allow_local_binding: true,
    dangerously_allow_all_unix_sockets: false,
    dangerously_allow_all_domains: false,
    mitm: false,
    sni_binding: true,
    ech: "allow",
    upstream_ca_file: "",
    ask: false,
    ask_hold_seconds: 30,
    ask_webhook: "",
    blocked_capacity: 200,
    violation_file: "",
    audit_file: "",
    via: true,
    all_proxy: "http",
    workers: 1,
  });
});

Deno.test("EMBEDDED_NETWORK is on and asks", () => {
  assertEquals(EMBEDDED_NETWORK, { ...DEFAULT_NETWORK, enabled: true, ask: true });
});

Deno.test("NETWORK_KEYS are all keys of [network], and its tables", () => {
  const tables = [
    "limits",
    "audit",
    "mitm_ca",
    "decider",
    "rules",
    "mitm_hooks",
    "domains",
    "unix_sockets",
  ];
  assertEquals([...NETWORK_KEYS], [...Object.keys(DEFAULT_NETWORK), ...tables]);
});

Deno.test("readNetwork() takes the defaults where nothing is written", () => {
  assertEquals(read(""), [DEFAULT_NETWORK, []]);
});

/** A line, and the key and value it sets. */
const LINES: readonly (readonly [string, Partial<NetworkConfig>])[] = [
  ["enabled = true", { enabled: true }],
  ['proxy_url = "http://127.0.0.1:1"', { proxy_url: "http://127.0.0.1:1" }],
  ['admin_url = "x"', { admin_url: "x" }],
  ["enable_socks5 = false", { enable_socks5: false }],
  ['socks_url = "x"', { socks_url: "x" }],
  ["enable_socks5_udp = false", { enable_socks5_udp: false }],
  ["allow_upstream_proxy = false", { allow_upstream_proxy: false }],
  ['upstream_proxy = "http://x"', { upstream_proxy: "http://x" }],
  ["dangerously_allow_non_loopback_proxy = true", { dangerously_allow_non_loopback_proxy: true }],
  ["dangerously_allow_non_loopback_admin = true", { dangerously_allow_non_loopback_admin: true }],
  ['mode = "limited"', { mode: "limited" }],
  ['allowed_domains = ["x"]', { allowed_domains: ["x"] }],
  ['denied_domains = ["x", "y"]', { denied_domains: ["x", "y"] }],
  ['allow_unix_sockets = ["/x"]', { allow_unix_sockets: ["/x"] }],
  ["allow_local_binding = false", { allow_local_binding: false }],
  ["dangerously_allow_all_unix_sockets = true", { dangerously_allow_all_unix_sockets: true }],
  ["dangerously_allow_all_domains = true", { dangerously_allow_all_domains: true }],
  ["mitm = true", { mitm: true }],
  ["mitm.enabled = true", { mitm: true }],
  ["mitm = { inspect = true }", {}],
  [
    "[mitm]\nenabled = true\ninspect = false\nmax_body_bytes = 0\n" +
    'ca_cert_path = "a"\nca_key_path = "b"',
    { mitm: true },
  ],
  ["ask = true", { ask: true }],
  ["ask_hold_seconds = 0", { ask_hold_seconds: 0 }],
  ["ask_hold_seconds = 3600", { ask_hold_seconds: 3600 }],
  ['admin_auth = "all"', { admin_auth: "all" }],
  ['admin_auth = "none"', { admin_auth: "none" }],
  ['ask_webhook = "https://x"', { ask_webhook: "https://x" }],
  ['violation_file = "x"', { violation_file: "x" }],
  ["blocked_capacity = 1", { blocked_capacity: 1 }],
  ["blocked_capacity = 100_000", { blocked_capacity: 100_000 }],
  ["via = false", { via: false }],
  ['all_proxy = "socks5h"', { all_proxy: "socks5h" }],
  ['upstream_ca_file = "x"', { upstream_ca_file: "x" }],
  ["mitm_ca = 1", {}],
  ["limits.connections = 0", {}],
  ["audit.chain = 1", {}],
  ['audit_file = "x"', { audit_file: "x" }],
  ["workers = 1", {}],
  ["workers = 16", { workers: 16 }],
  ['workers = "auto"', { workers: "auto" }],
  ["sni_binding = false", { sni_binding: false }],
  ['ech = "deny"', { ech: "deny" }],
];

for (const [line, expected] of LINES) {
  Deno.test(`readNetwork() reads ${line.split("\n")[0]}, the rest by default`, () => {
    assertEquals(read(line), [{ ...DEFAULT_NETWORK, ...expected }, []]);
  });
}

const FAULTS: readonly (readonly [string, ...string[]])[] = [
  ["enabled = 1", '1:11 "enabled" is 1: expected true or false'],
  ["mode = 3", '1:8 "mode" is 3: expected "full" or "limited"'],
  ['mode = "LIMITED"', '1:8 "mode" is "LIMITED": expected "full" or "limited"'],
  ["proxy_url = 3128", '1:13 "proxy_url" is 3128: expected text in quotes'],
  ['allowed_domains = "x"', '1:19 "allowed_domains" is "x": expected a list, as in ["…"]'],
  ["allowed_domains = [\n 'x', 1]", '2:7 "allowed_domains[1]" is 1: expected text in quotes'],
  [
    "ask_hold_seconds = -1",
    '1:20 "ask_hold_seconds" is -1: expected a whole number from 0 to 3600',
  ],
  [
    "ask_hold_seconds = 3601",
    '1:20 "ask_hold_seconds" is 3601: expected a whole number from 0 to 3600',
  ],
  [
    "blocked_capacity = 0",
    '1:20 "blocked_capacity" is 0: expected a whole number from 1 to 100000',
  ],
  [
    "blocked_capacity = 100001",
    '1:20 "blocked_capacity" is 100001: expected a whole number from 1 to 100000',
  ],
  ['admin_auth = "off"', '1:14 "admin_auth" is "off": expected "loosen" or "all" or "none"'],
  ['all_proxy = "socks5"', '1:13 "all_proxy" is "socks5": expected "http" or "socks5h"'],
  ["sni_binding = 1", '1:15 "sni_binding" is 1: expected true or false'],
  ["ech = true", '1:7 "ech" is true: expected "allow" or "deny"'],
  ["mitm = []", '1:8 "mitm" is an empty list: expected true or false'],
  ["mitm = 1", '1:8 "mitm" is 1: expected true or false'],
  ["mitm = { enable = true }", '1:10 unknown key "enable": did you mean "enabled"?'],
  [
    "mitm.max_body_bytes = -1",
    '1:23 "max_body_bytes" is -1: expected a whole number from 0 to 9007199254740991',
  ],
  ['allow_unix_sockets = "/x"', '1:22 "allow_unix_sockets" is "/x": expected a list, as in ["…"]'],
  ["alowed_domains = []", '1:1 unknown key "alowed_domains": did you mean "allowed_domains"?'],
  [
    "frobs = []",
    `1:1 unknown key "frobs": remove it; the keys of [network] are ${NETWORK_KEYS.join(", ")}`,
  ],
  [
    "enabled = 1\nmode = 2\nask = 3",
    '1:11 "enabled" is 1: expected true or false',
    '2:8 "mode" is 2: expected "full" or "limited"',
    '3:7 "ask" is 3: expected true or false',
  ],
];

for (const [text, ...expected] of FAULTS) {
  Deno.test(`readNetwork() refuses ${text.split("\n")[0]}`, () => {
    assertEquals(read(text)[1], expected);
  });
}

Deno.test("readNetwork() refuses unix socket paths that are not absolute or have a NUL", () => {
  const os = Deno.build.os === "darwin" ? "macos" : Deno.build.os;
  const path = 'allow_unix_sockets = ["/ok", "no.sock", 3, "/a\\u0000", "~/x"]';
  const why = `expected a NUL-free absolute path for ${os}, got`;
  assertEquals(read(path)[1], [
    `1:30 invalid network.allow_unix_sockets[1]: ${why} "no.sock"`,
    '1:41 "allow_unix_sockets[2]" is 3: expected text in quotes',
    `1:44 invalid network.allow_unix_sockets[3]: ${why} "/a\\u0000"`,
    `1:56 invalid network.allow_unix_sockets[4]: ${why} "~/x"`,
  ]);
});
