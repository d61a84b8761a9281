import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { EVERYTHING, whyNotPattern, whyNotRange } from "../../src/policy/pattern_fault.ts";

Deno.test("whyNotPattern() finds nothing wrong on the face of patterns", () => {
  const texts = [
    ...["example.com", "*.example.com:443", "**.example.com", "[::1]", "[::1]:443", "::1"],
    ...["10.0.0.0/8", "fd00::/8", "[fd00::]/8", "_a.example.com", "a?.b*.c"],
  ];
  for (const text of texts) assertEquals(whyNotPattern(text), null, text);
});

Deno.test("whyNotPattern() recognises what people write instead of a pattern", () => {
  const table: Record<string, string> = {
    "": "it is empty; write a host such as example.com",
    "https://example.com/path": 'it is a URL; write the host only, "example.com"',
    "https://Example.com:8443": 'it is a URL; write the host only, "example.com:8443"',
    "https://*.example.com/*": 'it is a URL; write the host only, "*.example.com"',
    "*://*.example.com/*": 'it is a URL; write the host only, "*.example.com"',
    "http://[::1]:80/": 'it is a URL; write the host only, "[::1]:80"',
    "https://user:word@example.com/": 'it is a URL; write the host only, "example.com"',
    "https://example.com/?q=a b#{c}": 'it is a URL; write the host only, "example.com"',
    "https://bücher.de/": "it is a URL; write the host only",
    "https:///": "it is a URL; write the host only",
    "//example.com": 'it is a URL; write the host only, "example.com"',
    "example.com/": 'it is a URL; write the host only, "example.com"',
    "example.com/path": 'it is a URL; write the host only, "example.com"',
    "127.1/8": 'it is a URL; write the host only, "127.1"',
    "/path": "it is a URL; write the host only",
    "user@example.com": "it has user information; write the host only",
    "{a,b}.example.com": "there are no alternatives in braces; write one pattern for each host",
    "a}": "there are no alternatives in braces; write one pattern for each host",
    "!example.com": "there is no negation; write the host without ! in the list of denied hosts",
    "a,b": "it is a list; write one pattern for each host",
    "a b": "it has a space; write one pattern for each host",
    "fe80::1%eth0":
      "percent-encoding and zone identifiers are not accepted; write the plain host or address",
    "[a-c].example.com":
      "there are no character classes; write one pattern for each host, or ? for any character",
    "api[1-3].example.com":
      "there are no character classes; write one pattern for each host, or ? for any character",
    "]": "there are no character classes; write one pattern for each host, or ? for any character",
    // Upstream: compile_globset_rejects_invalid_patterns
    "[": "the closing bracket is missing; write [2001:db8::1]",
    "[::1": "the closing bracket is missing; write [2001:db8::1]",
    "[example.com]": "only an IPv6 address goes in brackets; write anything else without them",
    "[127.0.0.1]:80": "only an IPv6 address goes in brackets; write anything else without them",
    "*.[::1]": "only an IPv6 address goes in brackets; write anything else without them",
    "[*]": EVERYTHING,
    "**.[*]": EVERYTHING,
    "bücher.de": 'it has characters outside ASCII; write the A-label, "xn--bcher-kva.de"',
    "**.bücher.de:443":
      'it has characters outside ASCII; write the A-label, "**.xn--bcher-kva.de:443"',
    "b\u00fccher..\u00ad": "it has characters outside ASCII; write the A-label, xn--",
    "bücher*.de": "it has characters outside ASCII; write the A-label, xn--",
    "\ud800": "it has characters outside ASCII; write the A-label, xn--",
    "a\\b": '"\\" does not occur in host patterns; write a host such as example.com',
    "(a+)+$": '"(" does not occur in host patterns; write a host such as example.com',
    "a\tb": "it has a control character; write a host such as example.com",
    "a\x00b": "it has a control character; write a host such as example.com",
    "a\x7fb": "it has a control character; write a host such as example.com",
  };
  for (const [text, expected] of Object.entries(table)) {
    assertEquals(whyNotPattern(text), expected, JSON.stringify(text));
    assertMatch(expected, /^[ -~]+$/);
  }
});

Deno.test("whyNotPattern() repeats no host that is longer than hosts are", () => {
  const longest = `**.${"a".repeat(253)}:65535`;
  assertStringIncludes(whyNotPattern(`https://${longest}/`)!, longest);
  assertEquals(whyNotPattern(`https://${longest}0/`), "it is a URL; write the host only");
  const foreign = `\u00e9${".a".repeat(130)}`;
  assertMatch(whyNotPattern(foreign)!, /write the A-label, xn--$/);
});

Deno.test("whyNotRange() prints the range that was meant", () => {
  const table: Record<string, string> = {
    "10.0.0.5/8": "bits are set after the prefix; write 10.0.0.0/8, or the address alone",
    "fd00::1/64": "bits are set after the prefix; write fd00::/64, or the address alone",
    "10.0.0.0/8:80": "a range takes no port; write 10.0.0.0/8",
    "[fd00::]/8": "a range has no brackets; write fd00::/8",
  };
  for (const [text, expected] of Object.entries(table)) assertEquals(whyNotRange(text), expected);
  for (const text of ["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/08", "10.0.0.0/255.0.0.0"]) {
    assertStringIncludes(whyNotRange(text), "write one from 1 to 32", text);
  }
  assertStringIncludes(whyNotRange("fd00::/129"), "write one from 1 to 128");
});
