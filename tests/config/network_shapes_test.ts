import { assertEquals } from "@std/assert";
import { concernsUs, networkShape } from "../../src/config/network_shapes.ts";
import { Findings } from "../../src/config/toml/findings.ts";
import type { LocatedTable } from "../../src/config/toml/located.ts";
import { describe } from "../../src/config/toml/printable.ts";
import { print, tableOf, where } from "./load.ts";

interface Shape {
  /** The keys under `network`, each as `line:column name = value`. */
  readonly keys: readonly string[];
  readonly legacy: string | null;
  readonly faults: readonly string[];
  readonly notices: readonly string[];
}

function shape(text: string, foreign = false): Shape {
  const findings = new Findings();
  const { table, legacy } = networkShape(tableOf(text), foreign, findings);
  const network = table.entries.get("network")?.value as LocatedTable | undefined;
  return {
    keys: [...network?.entries ?? []].map(([name, { key, value }]) =>
      `${where(key.origin)} ${name} = ${describe(value)}`
    ),
    legacy: legacy && where(legacy.origin),
    faults: print(findings.faults()),
    notices: print(findings.notices()),
  };
}

const NOTHING: Shape = { keys: [], legacy: null, faults: [], notices: [] };

Deno.test("networkShape() finds nothing in an empty document", () => {
  assertEquals(shape("# nothing"), NOTHING);
});

Deno.test("networkShape() takes [network] as it is", () => {
  assertEquals(shape("[network]\nmode = 'full'\nx.y = 1"), {
    ...NOTHING,
    keys: ['2:1 mode = "full"', "3:1 x = a table"],
  });
});

Deno.test("networkShape() flattens the old spelling", () => {
  const text = `[network_proxy]
enabled = true
proxy_url = "a"
admin_url = "b"
enable_socks5 = true
socks_url = "c"
enable_socks5_udp = true
allow_upstream_proxy = true
dangerously_allow_non_loopback_proxy = true
dangerously_allow_non_loopback_admin = true
mode = "full"
[network_proxy.policy]
allowed_domains = ["x"]
denied_domains = []
allow_unix_sockets = []
allow_local_binding = true
[network_proxy.mitm]
enabled = true
`;
  assertEquals(shape(text), {
    ...NOTHING,
    keys: [
      "2:1 enabled = true",
      '3:1 proxy_url = "a"',
      '4:1 admin_url = "b"',
      "5:1 enable_socks5 = true",
      '6:1 socks_url = "c"',
      "7:1 enable_socks5_udp = true",
      "8:1 allow_upstream_proxy = true",
      "9:1 dangerously_allow_non_loopback_proxy = true",
      "10:1 dangerously_allow_non_loopback_admin = true",
      '11:1 mode = "full"',
      "13:1 allowed_domains = a list",
      "14:1 denied_domains = an empty list",
      "15:1 allow_unix_sockets = an empty list",
      "16:1 allow_local_binding = true",
      "17:16 mitm = a table",
    ],
    legacy: "1:2",
  });
});

const FAULTS: readonly (readonly [string, ...string[]])[] = [
  [
    "[network]\n[network_proxy]",
    "2:2 both [network] and [network_proxy]: move all keys to [network]",
  ],
  ["network = true", '1:11 "network" is true: expected a table: write [network]'],
  ["[[network]]", '1:3 "network" is a list: expected a table: write [network]'],
  ["network_proxy = 3", '1:17 "network_proxy" is 3: expected a table: write [network_proxy]'],
  [
    "network_proxy.policy = 3",
    '1:24 "policy" is 3: expected a table: write [network_proxy.policy]',
  ],
  ["[netwrok]", '1:2 unknown key "netwrok": did you mean "network"?'],
  ["[network-proxy]", '1:2 unknown key "network-proxy": did you mean "network_proxy"?'],
  ["model = 3", '1:1 unknown key "model": remove it; a policy is one table, [network]'],
  ["mode = 'full'", '1:1 "mode" stands outside [network]: write it there'],
  [
    "[network_proxy]\nalowed = 1\nmoed = 2\nallowed_domains = 3\nask = true",
    '2:1 unknown key "alowed": remove it; the keys of [network_proxy] are enabled, proxy_url, ' +
    "admin_url, enable_socks5, socks_url, enable_socks5_udp, allow_upstream_proxy, " +
    "dangerously_allow_non_loopback_proxy, dangerously_allow_non_loopback_admin, mode, mitm, policy",
    '3:1 unknown key "moed": did you mean "mode"?',
    '4:1 "allowed_domains" is not a key of [network_proxy]: write all keys under [network]',
    '5:1 "ask" is not a key of [network_proxy]: write all keys under [network]',
  ],
  [
    "[network_proxy.policy]\nalowed_domains = 1\nmode = 'full'",
    '2:1 unknown key "alowed_domains": did you mean "allowed_domains"?',
    '3:1 "mode" is not a key of [network_proxy.policy]: write all keys under [network]',
  ],
];

for (const [text, ...expected] of FAULTS) {
  Deno.test(`networkShape() refuses ${JSON.stringify(text).slice(0, 60)}`, () => {
    assertEquals(shape(text).faults, expected);
  });
}

for (const foreign of [false, true]) {
  Deno.test(`networkShape() refuses requirements in a configuration, foreign: ${foreign}`, () => {
    assertEquals(shape("[experimental_network]", foreign).faults, [
      '1:2 "experimental_network" is for requirements: write it into a file that --requirements names',
    ]);
  });
}

Deno.test("networkShape() takes every other way to write a policy as it is", () => {
  const text = `default_permissions = 'p'
sandbox_mode = 'read-only'
[permissions.p]
extends = ':workspace'
[sandbox_workspace_write]
network_access = true
[features]
network_proxy = true
`;
  const findings = new Findings();
  const { table, legacy } = networkShape(tableOf(text), false, findings);
  assertEquals([[...table.entries.keys()], legacy, findings.faults(), findings.notices()], [
    ["permissions", "default_permissions", "sandbox_mode", "sandbox_workspace_write", "features"],
    null,
    [],
    [],
  ]);
});

/** Where `domains` may be written. */
const DOMAINS = [
  ["network"],
  ["permissions", "p", "network"],
  ["features", "network_proxy"],
];

for (const path of DOMAINS) {
  Deno.test(`networkShape() brings the hosts of ${path.join(".")} into one spelling`, () => {
    const text = `${path.join(".")}.domains = { "EXAMPLE.com" = "allow", "b.test." = "deny" }`;
    const { table } = networkShape(tableOf(text), false, new Findings());
    const domains = [...path, "domains"].reduce<LocatedTable>(
      (held, key) => held.entries.get(key)!.value as LocatedTable,
      table,
    );
    assertEquals([...domains.entries.keys()], ["example.com", "b.test"]);
  });
}

const NO_TABLE = ["permissions", "features"];

for (const name of NO_TABLE) {
  Deno.test(`networkShape() refuses ${name} that is no table`, () => {
    assertEquals(shape(`${name} = 1`).faults, [
      `1:${name.length + 4} "${name}" is 1: expected a table: write [${name}]`,
    ]);
  });
}

Deno.test("networkShape() knows one feature, and leaves the others to whose file it is", () => {
  const text = "[features]\nnetwork_proxy = true\nweb = true";
  assertEquals(shape(text, true), NOTHING);
  assertEquals(shape(text).faults, [
    '3:1 unknown key "web": remove it; the keys of [features] are network_proxy',
  ]);
});

/** A file, and whether one of another program with it is about the network. */
const CONCERNS: readonly (readonly [string, boolean])[] = [
  ["", false],
  ["model = 'x'\nfeatures.web = true", false],
  ["default_permissions = ':workspace'", false],
  ["sandbox_mode = 'workspace-write'\nsandbox_workspace_write.network_access = true", false],
  ["[permissions.p.filesystem]", false],
  ["permissions = 1", false],
  ["[permissions.p.network]", true],
  ["features.network_proxy = false", true],
  ["[network]", true],
  ["[network_proxy]", true],
  ["[netwrok]", true],
  ["[experimental_network]", true],
];

for (const [text, expected] of CONCERNS) {
  Deno.test(`concernsUs() is ${expected} of ${JSON.stringify(text)}`, () => {
    assertEquals(concernsUs(tableOf(text)), expected);
  });
}

Deno.test("networkShape() ignores the other keys of another program with one notice", () => {
  const text = "model = 'x'\n[network]\nmode = 'full'\n[\"a\\u001b\"]\n[features]\nweb = true";
  assertEquals(shape(text, true), {
    ...NOTHING,
    keys: ['3:1 mode = "full"'],
    notices: ['1:1 this file is another program\'s too: ignored "model", "a\\u001b"'],
  });
});

Deno.test("networkShape() does not take a slip for another program's key", () => {
  assertEquals(shape("[netwrok]", true).faults, [
    '1:2 unknown key "netwrok": did you mean "network"?',
  ]);
});

Deno.test("networkShape() reads features = true as being about the network", () => {
  assertEquals(shape("features = true", true).faults.length, 1);
});
