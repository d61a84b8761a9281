import { assertEquals } from "@std/assert";
import { covers, type Reach } from "../../../src/config/requirements/covers.ts";
import { parseRulePattern } from "../../../src/policy/rule_pattern.ts";

function reach(text: string): Reach {
  const parsed = parseRulePattern(text);
  if (parsed.kind === "bad") throw new Error(`${text}: ${parsed.why}`);
  return parsed;
}

/** A managed pattern, those of users that it covers, and those that it does not. */
const TABLE: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  [
    "d.test",
    ["d.test", "D.TEST.", "d.test:443", "d.test over https_connect"],
    ["a.d.test", "*.d.test", "**.d.test", "?.d.test", "xd.test", "test", "d.test raw"],
  ],
  [
    "*.d.test",
    ["a.d.test", "a.b.d.test", "*.d.test", "*.A.d.test", "**.a.d.test", "a*.d.test", "*.b?.d.test"],
    ["d.test", "**.d.test", "xd.test", "*.xd.test", "*.test", "a*d.test", "10.0.0.1"],
  ],
  [
    "**.d.test",
    ["d.test", "a.d.test", "*.d.test", "**.d.test", "**.a.d.test", "**.a?.d.test"],
    ["xd.test", "*.xd.test", "**.test", "e.test", "10.0.0.0/8"],
  ],
  [
    "api*.d.test",
    ["api1.d.test", "api.d.test", "API*.d.test", "api2.d.test:80"],
    ["api*.e.test", "ap.d.test", "a.api.d.test", "*.d.test", "api?.d.test"],
  ],
  ["d.test:443", ["d.test:443"], ["d.test", "d.test:80"]],
  [
    "d.test over http",
    ["d.test over http", "d.test:80 over http"],
    ["d.test", "d.test over https_connect"],
  ],
  ["d.test raw", ["d.test", "d.test raw"], ["e.test raw"]],
  ["10.0.0.1", ["10.0.0.1", "10.0.0.1:80"], ["10.0.0.2", "10.0.0.0/24", "d.test"]],
  [
    "10.0.0.0/8",
    ["10.0.0.1", "10.1.0.0/16", "10.0.0.0/8"],
    ["11.0.0.1", "11.0.0.0/8", "10.0.0.0/7", "*.d.test", "d.test", "fd00::1"],
  ],
  ["2001:db8::1", ["[2001:DB8::1]:443", "2001:db8:0::1"], ["2001:db8::2", "2001:db8::/32"]],
];

for (const [managed, inside, outside] of TABLE) {
  Deno.test(`covers() tells what ${managed} covers`, () => {
    const covered = (texts: readonly string[]) =>
      texts.filter((text) => covers(reach(managed), reach(text)));
    assertEquals(covered(inside), inside);
    assertEquals(covered(outside), []);
  });
}
