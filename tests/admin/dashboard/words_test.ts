import { assert, assertEquals, assertNotEquals } from "@std/assert";
import {
  configurationLine,
  endpointWords,
  exactPattern,
  protocolWords,
  reasonWords,
  verdictOf,
  whyNoAllow,
} from "../../../src/admin/dashboard/words.js";
import { BLOCK_REASONS } from "../../../src/policy/decision.ts";

Deno.test("reasonWords() has words for every reason", () => {
  for (const reason of Object.keys(BLOCK_REASONS)) assertNotEquals(reasonWords(reason), reason);
});

Deno.test("reasonWords() shows a reason that it does not know as it is", () => {
  assertEquals(reasonWords("constructor"), "constructor");
});

Deno.test("whyNoAllow() says that only a host without a rule can be allowed, whoever decided about it", () => {
  const allowable = Object.keys(BLOCK_REASONS).filter((reason) => whyNoAllow(reason) === null);
  assertEquals(allowable, ["not_allowed", "policy_denied", "decider_failed"]);
  assertEquals(whyNoAllow("not on a Sunday"), null);
});

Deno.test("protocolWords() knows the words of decisions and of blocked records", () => {
  assertEquals(
    ["http", "https_connect", "socks5_tcp", "socks5_udp"].map(protocolWords),
    ["HTTP", "HTTPS", "SOCKS5", "SOCKS5 UDP"],
  );
  assertEquals(
    ["http-connect", "socks5", "socks5-udp", "toString"].map(protocolWords),
    ["HTTPS", "SOCKS5", "SOCKS5 UDP", "toString"],
  );
});

Deno.test("verdictOf() calls nothing allowed that it does not know", () => {
  assertEquals(
    ["allow", "deny", "ask", "inspect", "valueOf"].map(verdictOf),
    ["allowed", "blocked", "asked", "blocked", "blocked"],
  );
});

Deno.test("endpointWords() puts an IPv6 address in brackets, and leaves a path alone", () => {
  assertEquals(endpointWords("a.example", 443), "a.example:443");
  assertEquals(endpointWords("2001:db8::7", 443), "[2001:db8::7]:443");
  assertEquals(endpointWords("/run/docker.sock", 0), "/run/docker.sock");
});

Deno.test("exactPattern() spells protocols as patterns do", () => {
  const rows: [string, string][] = [
    ["http", "a.example:80 over http"],
    ["http-connect", "a.example:80 over https_connect"],
    ["socks5", "a.example:80 over socks5_tcp"],
    ["socks5-udp", "a.example:80 over socks5_udp"],
    ["socks5_udp", "a.example:80 over socks5_udp"],
  ];
  for (const [protocol, pattern] of rows) {
    assertEquals(exactPattern(protocol, "a.example", 80), pattern);
  }
});

Deno.test("configurationLine() quotes the pattern", () => {
  assertEquals(
    configurationLine("allow", "a.example:443 over https_connect"),
    'allowed_domains += "a.example:443 over https_connect"',
  );
  assert(configurationLine("deny", 'a"b').endsWith('"a\\"b"'));
});
