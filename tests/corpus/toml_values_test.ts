// Every way in which TOML writes a value, taken where a key is of that type and refused elsewhere.
import { assertEquals } from "@std/assert";
import type { Config } from "../../src/config/config.ts";
import { faultsOf, load } from "../config/load.ts";

/** The types that keys have. */
type Type = "text" | "whole number" | "switch" | "list" | "table" | "tables";

/** A key of each type, and what it needs to be said besides. */
const KEYS: Readonly<Record<Type, string>> = {
  text: "violation_file",
  "whole number": "ask_hold_seconds",
  switch: "via",
  list: "allow_unix_sockets",
  table: "limits",
  tables: "mitm_hooks",
};

/** Values, the types of which they are, and what they say. */
const VALUES: readonly (readonly [string, readonly Type[], unknown?])[] = [
  // Strings.
  ['"a"', ["text"], "a"],
  ['""', ["text"], ""],
  ['"\\t\\"\\\\é\\u00e9\\U0001F600"', ["text"], '\t"\\éé😀'],
  ['"a\tb"', ["text"], "a\tb"],
  ["'a\\b'", ["text"], "a\\b"],
  ["''", ["text"], ""],
  ['"""a"""', ["text"], "a"],
  ['"""\na"""', ["text"], "a"],
  ['"""a \\\n   b"""', ["text"], "a b"],
  ['""""a\\u0022"""', ["text"], '"a"'],
  ['"""a""b"""', ["text"], 'a""b'],
  ["'''a\\'b'''", ["text"], "a\\'b"],
  ["'''\na'''", ["text"], "a"],
  ["''''a'''", ["text"], "'a"],
  // Integers.
  ["30", ["whole number"], 30],
  ["+30", ["whole number"], 30],
  ["0", ["whole number"], 0],
  ["-0", ["whole number"], 0],
  ["+0", ["whole number"], 0],
  ["1_000", ["whole number"], 1000],
  ["0xe10", ["whole number"], 3600],
  ["0xE_10", ["whole number"], 3600],
  ["0x00e10", ["whole number"], 3600],
  ["0o17", ["whole number"], 15],
  ["0b1010", ["whole number"], 10],
  // Integers that no key of ours takes.
  ["-1", []],
  ["0xdead_beef", []],
  ["9223372036854775807", []],
  ["-9223372036854775808", []],
  ["9223372036854775808", []],
  ["99999999999999999999999999999999", []],
  // Floats.
  ["30.0", []],
  ["+1.0", []],
  ["-0.0", []],
  ["3e1", []],
  ["3E+1", []],
  ["300e-1", []],
  ["1_0.0_0", []],
  ["6.626e-34", []],
  ["inf", []],
  ["+inf", []],
  ["-inf", []],
  ["nan", []],
  ["+nan", []],
  ["-nan", []],
  // Booleans.
  ["true", ["switch"], true],
  ["false", ["switch"], false],
  // Dates and times.
  ["1979-05-27T07:32:00Z", []],
  ["1979-05-27T00:32:00.999999-07:00", []],
  ["1979-05-27 07:32:00Z", []],
  ["1979-05-27T07:32:00", []],
  ["1979-05-27T00:32:00.5", []],
  ["1979-05-27", []],
  ["07:32:00", []],
  ["00:32:00.999999", []],
  // Arrays.
  ["[]", ["list", "tables"]],
  ["[ ]", ["list", "tables"]],
  ['["/a"]', ["list"], ["/a"]],
  ["['/a', \"/b\", '''/c''',]", ["list"], ["/a", "/b", "/c"]],
  ['[ # one\n  "/a", # two\n\n  "/b" # three\n  , # four\n]', ["list"], ["/a", "/b"]],
  ["[1, 2]", []],
  ['["/a", 1]', []],
  ['[["/a"]]', []],
  ["[true]", []],
  ["[1979-05-27]", []],
  ["[{}]", []],
  // Inline tables.
  ["{}", ["table"]],
  ["{ }", ["table"]],
  ["{ connections = 7 }", ["table"], 7],
  ["{ connections = 7, dns_seconds = 1 }", ["table"], 7],
  ['{ "connections" = 7 }', ["table"], 7],
  ["{ connections.x = 7 }", []],
  ["{ connections = { } }", []],
];

/** What a key came to. */
function valueOf({ network, limits }: Config, type: Type): unknown {
  switch (type) {
    case "text":
      return network.violation_file;
    case "whole number":
      return network.ask_hold_seconds;
    case "switch":
      return network.via;
    case "list":
      return network.allow_unix_sockets;
    case "table":
      return limits.connections;
    case "tables":
      return undefined;
  }
}

for (const [value, types, meant] of VALUES) {
  for (const type of Object.keys(KEYS) as Type[]) {
    const text = `[network]\n${KEYS[type]} = ${value}`;
    const takes = types.includes(type);
    Deno.test(`a ${type} ${takes ? "is" : "is not"} ${JSON.stringify(value)}`, async () => {
      const faults = await faultsOf(text);
      // It is the value that is wrong, and it is on the second line, or on a later one of it.
      assertEquals(faults.length === 0, takes, faults.join("\n"));
      assertEquals(faults.filter((fault) => !/^[2-6]:\d+ /.test(fault)), []);
      if (takes && meant !== undefined) assertEquals(valueOf(await load(text), type), meant);
    });
  }
}

/** Ways to write one table, all of which say `connections = 7`. */
const SPELLINGS: readonly string[] = [
  "[network.limits]\nconnections = 7",
  "network.limits.connections = 7",
  "[network]\nlimits.connections = 7",
  "network = { limits = { connections = 7 } }",
  "network.limits = { connections = 7 }",
  "network = { limits.connections = 7 }",
  "[network]\nlimits = { connections = 7 }",
  '["network"."limits"]\n"connections" = 7',
  "['network'.limits]\n'connections' = 7",
  "[ network . limits ]\n  connections\t=\t7",
  '"net\\u0077ork".limits.connections = 7',
  "[network.limits]\nconnections = 7\n[network]\nvia = false",
  "[network]\nlimits.connections = 7\nlimits.dns_seconds = 1",
  "\ufeff[network.limits]\r\nconnections = 7\r\n",
  "# a\n\n[network.limits] # b\n# c\nconnections = 7 # d",
];

for (const text of SPELLINGS) {
  Deno.test(`a table is ${JSON.stringify(text)}`, async () => {
    assertEquals((await load(text)).limits.connections, 7);
  });
}

const HEAD = '[network]\nmitm = true\nallowed_domains = ["a.test"]\n';
const MATCH = 'match = { methods = ["GET"], path_prefixes = ["/"] }';

/** Ways to write two tables in a list. */
const TABLES: readonly string[] = [
  `[[network.mitm_hooks]]\nhost = "a.test"\n${MATCH}\n[[network.mitm_hooks]]\nhost = "a.test"\n${MATCH}`,
  `mitm_hooks = [{ host = "a.test", ${MATCH} }, { host = "a.test", ${MATCH} }]`,
  '[[network.mitm_hooks]]\nhost = "a.test"\n[network.mitm_hooks.match]\nmethods = "GET"\npath_prefixes = "/"\n' +
  '[[network.mitm_hooks]]\nhost = "a.test"\nmatch.methods = "GET"\nmatch.path_prefixes = "/"',
  '[[network.rules."a.test"]]\nmethods = "GET"\n[[network.rules."a.test"]]\nmethods = "POST"',
  '[network.rules]\n"a.test" = [{ methods = "GET" }, { methods = "POST" }]',
  'rules."a.test" = [{ methods = "GET" }, { methods = "POST" }]',
];

for (const text of TABLES) {
  Deno.test(`two tables are ${JSON.stringify(text)}`, async () => {
    assertEquals((await load(HEAD + text)).policy.requestRules.length, 2);
  });
}
