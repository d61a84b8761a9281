import { assertEquals } from "@std/assert";
import { flagEntries, parseRules } from "../../src/config/domain_lists.ts";
import { checkPublicSuffixes, privateSuffix } from "../../src/config/public_suffix.ts";
import { Findings } from "../../src/config/toml/findings.ts";

/** What is said of a pattern: `fault …`, `notice …`, or nothing. */
async function judge(list: "allow" | "deny", pattern: string): Promise<string[]> {
  const findings = new Findings();
  const rules = parseRules(list, flagEntries(`--${list}`, [pattern], 0), findings);
  assertEquals(findings.faults(), []);
  await checkPublicSuffixes(rules, findings);
  return [
    ...findings.faults().map(({ message }) => `fault ${message}`),
    ...findings.notices().map(({ message }) => `notice ${message}`),
  ];
}

const refused = (
  pattern: string,
  suffix: string,
  why = "anyone may register a name under it",
): string =>
  `fault bad host pattern "${pattern}": "${suffix}" is a public suffix, ` +
  `${why}; write the domain, as in "*.example.${suffix}"`;

const tooBroad = (pattern: string, suffix: string): string =>
  refused(pattern, suffix, "a rule over all its names is refused in both lists");

const shared = (pattern: string, suffix: string): string =>
  `notice "${pattern}" is shared by strangers: anyone can get a name under "${suffix}"; ` +
  `allow the one you mean, as in "example.${suffix}"`;

/** A pattern; what is said in the allow list; what in the deny list. */
const PATTERNS: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ["*.com", [refused("*.com", "com")], [tooBroad("*.com", "com")]],
  ["*.COM.:443", [refused("*.COM.:443", "com")], [tooBroad("*.COM.:443", "com")]],
  ["**.co.uk", [refused("**.co.uk", "co.uk")], [tooBroad("**.co.uk", "co.uk")]],
  ["*.kawasaki.jp", [refused("*.kawasaki.jp", "kawasaki.jp")], [
    tooBroad("*.kawasaki.jp", "kawasaki.jp"),
  ]],
  ["*.xn--p1ai", [refused("*.xn--p1ai", "xn--p1ai")], [tooBroad("*.xn--p1ai", "xn--p1ai")]],
  ["evil*.com", [refused("evil*.com", "com")], []],
  ["*.api?.co.uk", [refused("*.api?.co.uk", "co.uk")], []],
  ["*.github.io", [shared("*.github.io", "github.io")], []],
  ["a*.github.io", [shared("a*.github.io", "github.io")], []],
  ["**.s3.amazonaws.com", [shared("**.s3.amazonaws.com", "s3.amazonaws.com")], []],
  ["*.example.com", [], []],
  ["**.example.co.uk", [], []],
  ["*.me.github.io", [], []],
  ["region*.example.com", [], []],
  ["*.internal", [], []],
  ["**.test", [], []],
  ["*.corp.lan", [], []],
  ["com", [], []],
  ["github.io", [], []],
  ["10.0.0.0/8", [], []],
];

for (const [pattern, inAllow, inDeny] of PATTERNS) {
  Deno.test(`checkPublicSuffixes() judges ${pattern}`, async () => {
    assertEquals([await judge("allow", pattern), await judge("deny", pattern)], [
      [...inAllow],
      [...inDeny],
    ]);
  });
}

Deno.test("privateSuffix() names what strangers have names under", async () => {
  const names = ["a.b.github.io", "github.io", "example.com", "a.example.co.uk", "db.internal"];
  const suffixes = ["github.io", "github.io", null, null, null];
  assertEquals(await Promise.all(names.map(privateSuffix)), suffixes);
});
