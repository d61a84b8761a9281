import { assertEquals } from "@std/assert";
import {
  flagEntries,
  listEntries,
  noteDeniedAgain,
  parseRules,
} from "../../src/config/domain_lists.ts";
import { Findings } from "../../src/config/toml/findings.ts";
import { formatHostPattern } from "../../src/policy/host_pattern.ts";
import { print, tableOf, where } from "./load.ts";

Deno.test("listEntries() places each text of a list", () => {
  const entries = listEntries(tableOf('a = [\n  "x", 3,\n  "y" ]'), "a");
  assertEquals(entries.map(({ text, place }) => `${where(place.origin)} ${text}`), [
    "2:3 x",
    "3:3 y",
  ]);
});

Deno.test("listEntries() is empty for what is no list, or not there", () => {
  const table = tableOf("a = 'x'");
  assertEquals([listEntries(table, "a"), listEntries(table, "b")], [[], []]);
});

Deno.test("flagEntries() come from the flag", () => {
  const origin = { file: "--deny", line: null, column: null };
  assertEquals(flagEntries("--deny", ["x"], 3), [
    { text: "x", place: { origin, rank: 3, flag: null } },
  ]);
});

Deno.test("parseRules() keeps the text, its place and the order", () => {
  const findings = new Findings();
  const entries = [
    ...listEntries(tableOf('a = ["*.Example.COM.", "10.0.0.0/8"]'), "a"),
    ...flagEntries("--allow", ["x.test:8443"], 1),
  ];
  const rules = parseRules("allow", entries, findings).map(({ rule }) => [
    rule.list,
    rule.text,
    formatHostPattern(rule.pattern),
    where(rule.origin),
  ]);
  assertEquals(rules, [
    ["allow", "*.Example.COM.", "*.example.com", "1:6"],
    ["allow", "10.0.0.0/8", "10.0.0.0/8", "1:24"],
    ["allow", "x.test:8443", "x.test:8443", "--allow"],
  ]);
  assertEquals(findings.faults(), []);
});

Deno.test("parseRules() keeps the one protocol that an entry names", () => {
  const findings = new Findings();
  const entries = flagEntries("--allow", ["x.test:443 over https_connect", "x.test over udp"], 1);
  assertEquals(parseRules("allow", entries, findings).map(({ rule }) => rule.protocol), [
    "https_connect",
  ]);
  const [fault] = print(findings.faults());
  assertEquals(
    fault?.split(";")[0],
    '--allow bad host pattern "x.test over udp": there is no such protocol',
  );
});

Deno.test("noteDeniedAgain() tells the ways to a host apart", () => {
  const findings = new Findings();
  const rules = ["x.test over http", "y.test over http", "z.test"];
  const deny = ["x.test over http", "y.test over socks5_tcp", "z.test over http"];
  noteDeniedAgain([
    ...parseRules("allow", flagEntries("--allow", rules, 1), findings),
    ...parseRules("deny", flagEntries("--deny", deny, 2), findings),
  ], findings);
  assertEquals(print(findings.notices()), [
    '--allow "x.test over http" is denied as well: deny wins, and it stays blocked',
  ]);
});

Deno.test("parseRules() tells of every bad pattern at its element", () => {
  const findings = new Findings();
  const entries = [
    ...listEntries(tableOf('a = [\n "ok.test",\n "*", "a b",\n "\\u001b" ]'), "a"),
    ...flagEntries("--deny", ["http://x.test/"], 1),
  ];
  assertEquals(parseRules("deny", entries, findings).map(({ rule }) => rule.text), ["ok.test"]);
  assertEquals(print(findings.faults()).map((fault) => fault.split(";")[0]), [
    '3:2 bad host pattern "*": it matches every host',
    '3:7 bad host pattern "a b": it has a space',
    '4:2 bad host pattern "\\u001b": it has a control character',
    '--deny bad host pattern "http://x.test/": it is a URL',
  ]);
});

Deno.test("noteDeniedAgain() tells of each allow rule that a deny rule repeats", () => {
  const findings = new Findings();
  const allow = listEntries(
    tableOf('a = ["x.test", "*.y.test", "::1", "z.test", "q.test:1"]'),
    "a",
  );
  const deny = flagEntries("--deny", ["X.test.", "*.Y.test", "[0::1]", "**.z.test", "q.test"], 1);
  noteDeniedAgain(
    [...parseRules("allow", allow, findings), ...parseRules("deny", deny, findings)],
    findings,
  );
  const tail = "is denied as well: deny wins, and it stays blocked";
  assertEquals(print(findings.notices()), [
    `1:6 "x.test" ${tail}`,
    `1:16 "*.y.test" ${tail}`,
    `1:28 "::1" ${tail}`,
  ]);
});
