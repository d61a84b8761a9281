import { assertEquals } from "@std/assert";
import { editDistance, nearestKey, unknownKey } from "../../../src/config/toml/nearest_key.ts";
import { NETWORK_KEYS } from "../../../src/config/network_table.ts";

const DISTANCES: readonly (readonly [string, string, number])[] = [
  ["", "", 0],
  ["", "abc", 3],
  ["abc", "", 3],
  ["mode", "mode", 0],
  ["mode", "mood", 2],
  ["mdoe", "mode", 1],
  ["mod", "mode", 1],
  ["modes", "mode", 1],
  ["kitten", "sitting", 3],
  ["ca", "abc", 3],
];

for (const [a, b, expected] of DISTANCES) {
  Deno.test(`editDistance() from "${a}" to "${b}" is ${expected}`, () => {
    assertEquals(editDistance(a, b), expected);
  });
}

const NEAREST: readonly (readonly [string, string | null])[] = [
  ["alowed_domains", "allowed_domains"],
  ["allow_domains", "allowed_domains"],
  ["allowed-domains", "allowed_domains"],
  ["allowedDomains", "allowed_domains"],
  ["ALLOWED_DOMAINS", "allowed_domains"],
  ["deniedDomain", "denied_domains"],
  ["proxy_uri", "proxy_url"],
  ["moed", "mode"],
  ["limit", "limits"],
  ["enable", "enabled"],
  ["asks", "ask"],
  ["axes", null],
  ["timeout", null],
  ["", null],
  ["mode".repeat(1_000_000), null],
];

for (const [key, expected] of NEAREST) {
  Deno.test(`nearestKey() of "${key.slice(0, 20)}" is ${expected}`, () => {
    assertEquals(nearestKey(key, NETWORK_KEYS), expected);
  });
}

Deno.test("nearestKey() takes the first of two as near", () => {
  assertEquals(nearestKey("bat", ["cat", "hat"]), "cat");
});

Deno.test("unknownKey() names the nearest key", () => {
  assertEquals(
    unknownKey("moed", NETWORK_KEYS, "[network]"),
    'unknown key "moed": did you mean "mode"?',
  );
});

Deno.test("unknownKey() lists the keys when none is near", () => {
  assertEquals(
    unknownKey("x\n", ["mode", "via"], "[t]"),
    'unknown key "x\\u000a": remove it; the keys of [t] are mode, via',
  );
});
