import { assertEquals } from "@std/assert";
import { isUnreached } from "../../src/config/unreached_rule.ts";
import { requestRule, rule } from "../support/policy.ts";

/** The host of a request rule, the allowed ones, and whether it is beyond their reach. */
const TABLE: readonly (readonly [string, readonly string[], boolean])[] = [
  ["a.test", ["a.test"], false],
  ["a.test", ["b.test", "*.test"], false],
  ["a.test", [], true],
  ["a.test", ["b.test", "*.a.test", "xa.test"], true],
  ["a.test:443", ["a.test:8443"], true],
  ["a.test:443", ["a.test"], false],
  ["a.test", ["a.test:443"], false],
  ["*.a.test", ["b.a.test"], false],
  ["*.a.test", ["a.test"], true],
  ["**.a.test", ["a.test"], false],
  ["*.a.test", ["*.b.a.test"], false],
  ["*.b.a.test", ["*.a.test"], false],
  ["*.a.test", ["*.b.test"], true],
  ["api-*.a.test", ["*.a.test"], false],
  ["192.0.2.1", ["192.0.2.0/24"], false],
  ["192.0.2.0/24", ["192.0.2.1"], false],
  ["192.0.2.0/24", ["198.51.100.1"], true],
  ["192.0.2.1", ["a.test"], true],
  ["a.test", ["192.0.2.0/24"], true],
  // Whether two blocks meet is left open.
  ["192.0.2.0/24", ["198.51.100.0/24"], false],
  ["192.0.2.0/24", ["*.a.test"], true],
];

for (const [host, allow, expected] of TABLE) {
  Deno.test(`isUnreached() knows whether ${host} is allowed by ${allow.join(", ") || "nothing"}`, () => {
    const rules = [...allow.map((text) => rule("allow", text)), rule("deny", host)];
    assertEquals(isUnreached(requestRule(host), rules), expected);
  });
}
