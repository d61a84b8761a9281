import { assertEquals, assertStringIncludes } from "@std/assert";
import { read, required, texts } from "./required.ts";
import { NO_REQUIREMENTS } from "../../../src/config/requirements/requirements.ts";

const DOCUMENT = `[experimental_network]
enabled = true
mode = "limited"
http_port = 43128
socks_port = 43129
allow_upstream_proxy = false
dangerously_allow_non_loopback_proxy = false
dangerously_allow_non_loopback_admin = false
dangerously_allow_all_unix_sockets = false
allow_local_binding = false
managed_allowed_domains_only = true
danger_full_access_denylist_only = false
domains = { "*.Example.com" = "allow", "evil.example.com" = "deny" }
unix_sockets = { "/run/a.sock" = "allow", "/run/b.sock" = "deny" }

[features]
network_proxy = true
`;

Deno.test("readRequirements() reads every key, with the place of each", async () => {
  const { requirements, faults, notices } = await read(DOCUMENT);
  assertEquals([faults, notices], [[], []]);
  const { values, feature, allow, deny, unixSockets } = requirements;
  const read_ = Object.entries(values).map(([key, pinned]) => [
    key,
    pinned?.value,
    pinned?.origin.line,
  ]);
  assertEquals(read_, [
    ["enabled", true, 2],
    ["mode", "limited", 3],
    ["http_port", 43128, 4],
    ["socks_port", 43129, 5],
    ["allow_upstream_proxy", false, 6],
    ["dangerously_allow_non_loopback_proxy", false, 7],
    ["dangerously_allow_non_loopback_admin", false, 8],
    ["dangerously_allow_all_unix_sockets", false, 9],
    ["allow_local_binding", false, 10],
    ["managed_allowed_domains_only", true, 11],
    ["danger_full_access_denylist_only", false, 12],
  ]);
  assertEquals(feature, {
    value: true,
    origin: { file: "requirements.toml", line: 17, column: 1 },
  });
  assertEquals([texts(allow), texts(deny)], [["*.example.com"], ["evil.example.com"]]);
  assertEquals(allow[0]!.rule.origin, { file: "requirements.toml", line: 13, column: 13 });
  assertEquals(unixSockets?.value.map(({ value, origin }) => [value, origin.line]), [
    ["/run/a.sock", 14],
  ]);
});

for (const text of ["", "# nothing\n", "[experimental_network]\n", "[features]\nother = true\n"]) {
  Deno.test(`readRequirements() finds no requirement in ${JSON.stringify(text)}`, async () => {
    assertEquals((await read(text)).requirements, NO_REQUIREMENTS);
  });
}

Deno.test("readRequirements() reads the lists that there were before the maps", async () => {
  const { allow, deny, unixSockets } = await required(
    'allowed_domains = ["a.example"]\ndenied_domains = ["b.example"]\n' +
      'allow_unix_sockets = ["/run/a.sock"]',
  );
  assertEquals([texts(allow), texts(deny)], [["a.example"], ["b.example"]]);
  assertEquals(unixSockets?.value.map(({ value }) => value), ["/run/a.sock"]);
});

Deno.test("readRequirements() takes an empty list for one that nobody wrote", async () => {
  const empty = "allowed_domains = []\ndenied_domains = []\nallow_unix_sockets = []";
  assertEquals(await required(empty), NO_REQUIREMENTS);
  const beside = await required(`domains = { "a.example" = "allow" }\n${empty}`);
  assertEquals(texts(beside.allow), ["a.example"]);
});

Deno.test("readRequirements() pins the unix sockets to none by a map that allows none", async () => {
  const { unixSockets } = await required('unix_sockets = { "/run/a.sock" = "deny" }');
  assertEquals(unixSockets?.value, []);
});

/** What is wrong with a document, and what is said of it. */
const FAULTS: readonly (readonly [string, string, string])[] = [
  ["text that is not TOML", "[experimental_network]\nmode = limited\n", "2:8 not TOML: "],
  ["HTML", "<!doctype html>\n<p>Sign in</p>\n", "1:1 not TOML: "],
  [
    "an unknown key",
    "[experimental_network]\nallow_local_bindings = true",
    '2:1 unknown key "allow_local_bindings": did you mean "allow_local_binding"?',
  ],
  [
    "an unknown table",
    "[experimental_networks]",
    '1:2 unknown key "experimental_networks": did you mean "experimental_network"?',
  ],
  [
    "a slip in another program's key",
    "rulse = []",
    '1:1 unknown key "rulse": did you mean "rules"',
  ],
  ["a table of a configuration", "[network]", '1:2 "network" belongs to a configuration: '],
  ["no key at all", "zzzz = 1", '1:1 unknown key "zzzz": remove it; requirements are one table'],
  ["a table that is none", "experimental_network = 1", '1:24 "experimental_network" is 1: '],
  [
    "a slip in the name of the feature",
    "[features]\nnetwork_prxoy = false",
    '2:1 unknown key "network_prxoy": did you mean "network_proxy"?',
  ],
  [
    "a mode that there is not",
    '[experimental_network]\nmode = "open"',
    '2:8 "mode" is "open": expected "full" or "limited"',
  ],
  [
    "a port that there is not",
    "[experimental_network]\nhttp_port = 65536",
    '2:13 "http_port" is 65536: expected a whole number from 1 to 65535',
  ],
  [
    "a word that is no permission",
    '[experimental_network.domains]\n"a.example" = "ask"',
    '2:15 "domains.a.example" is "ask": expected "allow" or "deny"',
  ],
  [
    "a map that is none",
    '[experimental_network]\ndomains = ["a.example"]',
    '2:11 "domains" is a list: expected a table: write [experimental_network.domains]',
  ],
  [
    "a bad pattern",
    '[experimental_network.domains]\n"https://a.example/" = "deny"',
    '2:1 bad host pattern "https://a.example/": it is a URL; write the host only, "a.example"',
  ],
  [
    "a public suffix",
    '[experimental_network.domains]\n"*.com" = "allow"',
    '2:1 bad host pattern "*.com": "com" is a public suffix, ',
  ],
  [
    "a map of domains beside a list",
    '[experimental_network]\ndomains = {}\nallowed_domains = ["a.example"]',
    '3:1 both "domains" and "allowed_domains": move all entries to "domains"',
  ],
  [
    "a map of domains beside the other list",
    '[experimental_network]\ndenied_domains = ["a.example"]\ndomains = {}',
    '2:1 both "domains" and "denied_domains": move all entries to "domains"',
  ],
  [
    "a map of sockets beside a list",
    '[experimental_network]\nallow_unix_sockets = ["/a"]\nunix_sockets = {}',
    '2:1 both "unix_sockets" and "allow_unix_sockets": move all entries to "unix_sockets"',
  ],
  [
    "a socket that is no path",
    '[experimental_network]\nunix_sockets = { "run/a.sock" = "allow", "x" = "deny" }',
    "2:18 invalid network.allow_unix_sockets[0]: expected a NUL-free absolute path for ",
  ],
  [
    "a feature that is no switch",
    "[features]\nnetwork_proxy = {}",
    '2:17 "network_proxy" is a table: expected true or false',
  ],
];

for (const [what, text, expected] of FAULTS) {
  Deno.test(`readRequirements() refuses ${what}`, async () => {
    const { faults } = await read(text);
    assertEquals(faults.length, 1);
    assertStringIncludes(faults[0]!, expected);
  });
}

for (const pattern of ["*", "[*]", "**.[*]", "**", " * "]) {
  Deno.test(`readRequirements() refuses "${pattern}" in a managed list`, async () => {
    for (const permission of ["allow", "deny"]) {
      const { faults } = await read(
        `[experimental_network.domains]\n"${pattern}" = "${permission}"`,
      );
      assertEquals(faults, [
        `2:1 invalid value for experimental_network.domains: ${pattern.trim()} (allowed exact hosts ` +
        "or scoped wildcards like *.example.com or **.example.com); name the hosts",
      ]);
    }
  });
}

Deno.test("readRequirements() passes over another program's keys with one notice", async () => {
  const { faults, notices } = await read(
    'allowed_sandbox_modes = ["read-only"]\n[rules]\nx = 1\n[features]\nother = true\n' +
      "[experimental_network]\nenabled = true\n",
  );
  assertEquals([faults, notices], [[], [
    '1:1 this file is another program\'s too: ignored "allowed_sandbox_modes", "rules"',
  ]]);
});
