import { assertEquals } from "@std/assert";
import { parseHostPattern } from "../../src/policy/host_pattern.ts";
import { narrowestPattern } from "../../src/policy/narrowest_pattern.ts";
import { connectTo, policyOf } from "../support/policy.ts";

/** Hosts and ports, and the pattern that allows just them. */
const PATTERNS: readonly (readonly [string, number, string])[] = [
  ["a.test", 443, "a.test"],
  ["a.test", 80, "a.test"],
  ["a.test", 8443, "a.test:8443"],
  ["127.0.0.1", 5432, "127.0.0.1:5432"],
  ["169.254.169.254", 80, "169.254.169.254"],
  ["::1", 443, "[::1]"],
  ["2001:db8::1", 22, "[2001:db8::1]:22"],
];

for (const [host, port, pattern] of PATTERNS) {
  Deno.test(`narrowestPattern() allows ${host} on ${port} with ${pattern}`, () => {
    assertEquals(narrowestPattern(host, port), pattern);
  });
}

Deno.test("narrowestPattern() is a pattern that allows what it was made for", () => {
  for (const [host, port] of PATTERNS) {
    const text = narrowestPattern(host, port);
    const pattern = parseHostPattern(text);
    assertEquals(pattern.kind === "bad" ? pattern.why : pattern.kind === "range", false);
    const target = `${host.includes(":") ? `[${host}]` : host}:${port}`;
    const { verdict } = policyOf({ allow: [text] }).decide(connectTo(target));
    assertEquals(verdict, "allow", target);
  }
});
