import { assertEquals } from "@std/assert";
import {
  oneSpelling,
  overlay,
  withEntry,
  withLists,
  withOneSpelling,
} from "../../../src/config/surfaces/domain_map.ts";
import { Findings } from "../../../src/config/toml/findings.ts";
import type { Located, LocatedTable } from "../../../src/config/toml/located.ts";
import { PLACE, plain, print, tableOf, where } from "../load.ts";

const SPELLINGS: readonly (readonly [string, string])[] = [
  ["EXAMPLE.COM", "example.com"],
  ["example.com.", "example.com"],
  ["*.Example.com", "*.example.com"],
  ["example.com:0443", "example.com:0443"], // no pattern
  ["A.test:443 over https_connect", "a.test:443 over https_connect"],
  ["[::1]", "::1"],
  ["http://x", "http://x"], // no pattern
];

for (const [text, expected] of SPELLINGS) {
  Deno.test(`oneSpelling() of ${text} is ${expected}`, () => {
    assertEquals(oneSpelling(text), expected);
  });
}

/** Two entries of one table, and what stays. */
const TWICE: readonly (readonly [string, Record<string, unknown>])[] = [
  [`"A.test" = "deny", "a.test" = "allow"`, { "a.test": "deny" }],
  [`"A.test" = "allow", "a.test" = "deny"`, { "a.test": "deny" }],
  [`"A.test" = "allow", "a.test" = "none"`, { "a.test": "allow" }],
  [`"A.test" = "none", "a.test" = "allow"`, { "a.test": "allow" }],
  [`"A.test" = 3, "a.test" = "deny"`, { "a.test": 3n }],
  [`"A.test" = "deny", "a.test" = 3`, { "a.test": 3n }],
  [`"b.test" = "deny", "a.test" = "allow"`, { "b.test": "deny", "a.test": "allow" }],
];

for (const [entries, expected] of TWICE) {
  Deno.test(`withOneSpelling() of ${entries} keeps ${Object.keys(expected)}`, () => {
    const table = withOneSpelling(tableOf(`mode = "full"\ndomains = { ${entries} }`));
    assertEquals(plain(table), { mode: "full", domains: expected });
  });
}

Deno.test("withOneSpelling() leaves a table without domains, and domains that are none", () => {
  for (const text of ['mode = "full"', "domains = 1"]) {
    assertEquals(withOneSpelling(tableOf(text)), tableOf(text));
  }
});

function lists(text: string): [unknown, string[]] {
  const findings = new Findings();
  const table = withLists(tableOf(text), "[network]", findings);
  return [plain(table), print(findings.faults())];
}

const LISTS: readonly (readonly [string, unknown, ...string[]])[] = [
  ["via = true", { via: true }],
  ['allowed_domains = ["a"]', { allowed_domains: ["a"] }],
  [
    'domains = { a = "allow", b = "deny", c = "allow", d = "none" }',
    { allowed_domains: ["a", "c"], denied_domains: ["b"] },
  ],
  ["domains = {}", {}],
  ['domains = { b = "deny" }', { denied_domains: ["b"] }],
  [
    'unix_sockets = { "/a" = "allow", "b" = "deny", "/c" = "none" }',
    { allow_unix_sockets: ["/a"] },
  ],
  [
    'domains = { a = "deny", "b..c" = "none" }',
    { denied_domains: ["a"] },
    '1:25 bad host pattern "b..c": a label is empty; write example.com, or *.example.com for what lies below it',
  ],
  ["domains = 1", {}, '1:11 "domains" is 1: expected a table, as in { "…" = "allow" }'],
  [
    'unix_sockets = ["/a"]',
    {},
    '1:16 "unix_sockets" is a list: expected a table, as in { "…" = "allow" }',
  ],
  [
    'domains = { a = "Allow", b = true }',
    {},
    '1:17 "domains.a" is "Allow": expected "allow" or "deny"',
    '1:30 "domains.b" is true: expected "allow" or "deny"',
  ],
  [
    'domains = { a = "allow" }\nallowed_domains = ["b"]',
    { allowed_domains: ["b"] },
    '2:1 both "allowed_domains" and "domains" in [network]: write all in "domains"',
  ],
  [
    'denied_domains = []\ndomains = { a = "allow" }',
    { denied_domains: [] },
    '1:1 both "denied_domains" and "domains" in [network]: write all in "domains"',
  ],
  [
    'unix_sockets = {}\nallow_unix_sockets = ["/b"]',
    { allow_unix_sockets: ["/b"] },
    '2:1 both "allow_unix_sockets" and "unix_sockets" in [network]: write all in "unix_sockets"',
  ],
];

for (const [text, expected, ...faults] of LISTS) {
  Deno.test(`withLists() of ${JSON.stringify(text)}`, () => {
    assertEquals(lists(text), [expected, faults]);
  });
}

Deno.test("withLists() keeps the place of each entry", () => {
  const text = 'domains."a.test" = "allow"\ndomains."b.test" = "allow"';
  const { entries } = withLists(tableOf(text), "[network]", new Findings());
  const list = entries.get("allowed_domains")!.value as Located & { kind: "list" };
  assertEquals(list.items.map(({ place }) => where(place.origin)), ["1:9", "2:9"]);
});

const BASE = `allowed_domains = ["a.test", "B.test"]
denied_domains = ["c.test"]
allow_unix_sockets = ["/a", "/b"]
mode = "full"
limits = { connections = 1, dns_seconds = 2 }
`;
const BELOW = plain(tableOf(BASE)) as Record<string, unknown>;

/** What is laid over, and what changes. */
const OVERLAYS: readonly (readonly [string, Record<string, unknown>])[] = [
  ["", {}],
  ['mode = "limited"', { mode: "limited" }],
  ["limits.dns_seconds = 3", { limits: { connections: 1n, dns_seconds: 3n } }],
  ['allowed_domains = ["x.test"]', { allowed_domains: ["x.test"] }],
  ['domains."x.test" = "allow"', { allowed_domains: ["a.test", "B.test", "x.test"] }],
  [
    'domains."b.test" = "deny"',
    { allowed_domains: ["a.test"], denied_domains: ["c.test", "b.test"] },
  ],
  [
    'domains."c.test" = "allow"',
    { allowed_domains: ["a.test", "B.test", "c.test"], denied_domains: [] },
  ],
  ['domains."a.test" = "allow"', { allowed_domains: ["B.test", "a.test"] }],
  ['domains."a.test" = "none"', { allowed_domains: ["B.test"] }],
  ["domains = {}", {}],
  ['unix_sockets."/c" = "allow"', { allow_unix_sockets: ["/a", "/b", "/c"] }],
  ['unix_sockets."/a" = "allow"', { allow_unix_sockets: ["/b", "/a"] }],
  ['unix_sockets."/a" = "deny"', { allow_unix_sockets: ["/b"] }],
  [
    'allowed_domains = ["x.test"]\ndomains."y.test" = "allow"',
    { allowed_domains: ["x.test", "y.test"] },
  ],
];

for (const [text, change] of OVERLAYS) {
  const findings = new Findings();
  Deno.test(`overlay() of ${JSON.stringify(text)}`, () => {
    const merged = overlay(tableOf(BASE), tableOf(text), "-c", findings);
    assertEquals([plain(merged), findings.faults()], [{ ...BELOW, ...change }, []]);
  });
}

Deno.test("overlay() makes the lists that are not there", () => {
  const above = tableOf('domains = { a = "allow", b = "deny" }\nunix_sockets = { "/a" = "allow" }');
  const merged = overlay(tableOf(""), above, "-c", new Findings());
  assertEquals(plain(merged), {
    allowed_domains: ["a"],
    denied_domains: ["b"],
    allow_unix_sockets: ["/a"],
  });
});

Deno.test("overlay() tells of a map that is none", () => {
  const findings = new Findings();
  overlay(tableOf(BASE), tableOf("domains = 1"), "-c", findings);
  assertEquals(print(findings.faults()), [
    '1:11 "domains" is 1: expected a table, as in { "…" = "allow" }',
  ]);
});

Deno.test("withEntry() adds, and replaces in place", () => {
  const one: Located = { kind: "scalar", place: PLACE, value: 1n };
  const table: LocatedTable = tableOf("a = 0\nb = 0");
  const made = withEntry(withEntry(table, "a", { key: PLACE, value: one }), "c", {
    key: PLACE,
    value: one,
  });
  assertEquals(Object.entries(plain(made) as object), [["a", 1n], ["b", 0n], ["c", 1n]]);
  assertEquals(plain(table), { a: 0n, b: 0n });
});
