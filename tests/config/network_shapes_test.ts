import { assertEquals } from "@std/assert";
import { networkShape } from "../../src/config/network_shapes.ts";
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
  ["model = 3", '1:1 unknown key "model": remove it; a configuration is one table, [network]'],
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

const UNREAD: readonly (readonly [string, string])[] = [
  ["permissions", "[permissions.workspace.network]"],
  ["default_permissions", "default_permissions = 'workspace'"],
  ["sandbox_mode", "sandbox_mode = 'workspace-write'"],
  ["sandbox_workspace_write", "[sandbox_workspace_write]"],
  ["features", "features.network_proxy = true"],
  ["experimental_network", "[experimental_network]"],
];

for (const [name, text] of UNREAD) {
  const why = `"${name}" is not read in this version: write the policy as [network]`;

  Deno.test(`networkShape() refuses ${name} rather than skip it`, () => {
    assertEquals(shape(text).faults.map((fault) => fault.slice(4)), [why]);
  });

  Deno.test(`networkShape() refuses ${name} in another program's file too`, () => {
    assertEquals(shape(text, true).faults.map((fault) => fault.slice(4)), [
      `${why}, in a file of its own that DOORWARD_HOME or --config names`,
    ]);
  });
}

Deno.test("networkShape() ignores the other keys of another program with one notice", () => {
  const text = "model = 'x'\n[network]\nmode = 'full'\n[\"a\\u001b\"]\n[features]\nweb = true";
  assertEquals(shape(text, true), {
    ...NOTHING,
    keys: ['3:1 mode = "full"'],
    notices: ['1:1 this file is another program\'s too: ignored "model", "a\\u001b", "features"'],
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
