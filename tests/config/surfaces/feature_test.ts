import { assertEquals } from "@std/assert";
import { alignFeature, FEATURE, readFeature } from "../../../src/config/surfaces/feature.ts";
import { Findings } from "../../../src/config/toml/findings.ts";
import { type LocatedTable, mergeTables } from "../../../src/config/toml/located.ts";
import { parseOverride } from "../../../src/config/toml/override_flag.ts";
import { plain, print, tableOf, where } from "../load.ts";

/** The switch, the keys of the settings, and the faults. */
function read(text: string): [string | null, readonly string[], readonly string[]] {
  const findings = new Findings();
  const value = tableOf(text).entries.get("it")?.value;
  const { enabled, settings } = readFeature(value, findings);
  const shown = enabled && `${where(enabled.place.origin)} ${enabled.value}`;
  return [shown, [...settings.keys()], print(findings.faults())];
}

const SETTINGS = `[it]
proxy_url = "http://127.0.0.1:43128"
enable_socks5 = false
socks_url = "x"
enable_socks5_udp = false
allow_upstream_proxy = false
dangerously_allow_non_loopback_proxy = true
dangerously_allow_all_unix_sockets = true
mode = "limited"
domains = {}
unix_sockets = {}
allow_local_binding = false
`;
const KEYS = [...tableOf(SETTINGS.slice(5)).entries.keys()];
const KNOWN = `the keys of [${FEATURE}] are enabled, ${KEYS.join(", ")}`;

const READ: readonly (readonly [string, ...ReturnType<typeof read>])[] = [
  ["", null, [], []],
  ["it = true", "1:6 true", [], []],
  ["it = false", "1:6 false", [], []],
  ["it = {}", null, [], []],
  ["it = { enabled = true }", "1:18 true", [], []],
  ["it = { mode = 'full' }", null, ["mode"], []],
  [SETTINGS, null, KEYS, []],
  ["it = 'on'", null, [], [`1:6 "${FEATURE}" is "on": expected true or false`]],
  ["it = []", null, [], [`1:6 "${FEATURE}" is an empty list: expected true, false or a table`]],
  [
    "it = { enabled = 1, mode = 'full' }",
    null,
    ["mode"],
    [`1:18 "${FEATURE}.enabled" is 1: expected true or false`],
  ],
  ["it = { mitm = true }", null, [], [`1:8 unknown key "mitm": remove it; ${KNOWN}`]],
  [
    "it = { allowed_domains = [] }",
    null,
    [],
    [`1:8 unknown key "allowed_domains": remove it; ${KNOWN}`],
  ],
  ["it = { moed = 'full' }", null, [], ['1:8 unknown key "moed": did you mean "mode"?']],
];

for (const [text, ...expected] of READ) {
  Deno.test(`readFeature() of ${JSON.stringify(text).slice(0, 60)}`, () => {
    assertEquals(read(text), expected);
  });
}

/** What comes of two documents, and what is lost of the lower. */
function merged(below: LocatedTable, above: LocatedTable): [unknown, readonly string[]] {
  const lost: string[] = [];
  const root = mergeTables(...alignFeature(below, above), (key) => lost.push(key));
  const features = root.entries.get("features")?.value;
  return [features && (plain(features) as Record<string, unknown>)["network_proxy"], lost];
}

const both = { enabled: true, mode: "full" };

/** The same of the lower and of the higher file, and what is read. */
const FILES: readonly (readonly [string, string, unknown])[] = [
  ["", "", undefined],
  ["features.network_proxy = true", "", true],
  ["", "features.network_proxy = true", true],
  ["features.network_proxy = true", "features.network_proxy = false", false],
  ["features.network_proxy = true", "features.network_proxy.mode = 'full'", both],
  ["features.network_proxy.mode = 'full'", "features.network_proxy = true", both],
  [
    "features.network_proxy = { enabled = false, mode = 'full' }",
    "features.network_proxy = true",
    both,
  ],
  [
    "features.network_proxy = false",
    "features.network_proxy = { enabled = true, mode = 'full' }",
    both,
  ],
  [
    "features.network_proxy.enabled = true",
    "features.network_proxy.mode = 'full'",
    both,
  ],
  ["features = {}", "features.network_proxy = true", true],
];

for (const [below, above, expected] of FILES) {
  Deno.test(`alignFeature() of ${JSON.stringify([below, above])}`, () => {
    assertEquals(merged(tableOf(below), tableOf(above)), [expected, []]);
  });
}

function flag(text: string): LocatedTable {
  const table = parseOverride(text, 1);
  if (table.kind === "bad") throw new Error(table.message);
  return table;
}

Deno.test("alignFeature() lets a dotted flag replace a switch, as everywhere", () => {
  const file = tableOf("features.network_proxy = true");
  assertEquals(merged(file, flag("features.network_proxy.mode=full")), [
    { mode: "full" },
    ["network_proxy"],
  ]);
});

Deno.test("alignFeature() lets a flag set the switch of a table", () => {
  const file = tableOf("features.network_proxy = { enabled = false, mode = 'full' }");
  assertEquals(merged(file, flag("features.network_proxy=true")), [both, []]);
});
