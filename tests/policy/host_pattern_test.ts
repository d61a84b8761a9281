import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  formatHostPattern,
  parseHostPattern,
  wildcardBase,
} from "../../src/policy/host_pattern.ts";
import { ip } from "../support/policy.ts";

function printed(text: string): string | null {
  const pattern = parseHostPattern(text);
  return pattern.kind === "bad" ? null : `${pattern.kind} ${formatHostPattern(pattern)}`;
}

function why(text: string): string {
  const pattern = parseHostPattern(text);
  return pattern.kind === "bad" ? pattern.why : "it is a pattern";
}

Deno.test("parseHostPattern() tells the kinds of pattern apart", () => {
  assertEquals(parseHostPattern("example.com"), { kind: "exact", name: "example.com", port: null });
  assertEquals(
    parseHostPattern("*.example.com:8443"),
    { kind: "suffix", name: "example.com", apex: false, port: 8443 },
  );
  assertEquals(
    parseHostPattern("**.example.com"),
    { kind: "suffix", name: "example.com", apex: true, port: null },
  );
  const labels = ["region*", "example", "com"];
  assertEquals(
    parseHostPattern("region*.example.com"),
    { kind: "glob", labels, deep: "none", port: null },
  );
  assertEquals(
    parseHostPattern("*.region*.example.com"),
    { kind: "glob", labels, deep: "some", port: null },
  );
  assertEquals(
    parseHostPattern("**.region*.example.com:80"),
    { kind: "glob", labels, deep: "any", port: 80 },
  );
  assertEquals(
    parseHostPattern("[::1]:443"),
    { kind: "ip", ip: { family: 6, bits: 1n }, port: 443 },
  );
  assertEquals(
    parseHostPattern("10.0.0.0/8"),
    { kind: "range", range: { network: ip("10.0.0.0"), prefix: 8 }, port: null },
  );
});

Deno.test("parseHostPattern() reads every spelling that formatHostPattern() prints, and others", () => {
  const table: Record<string, string> = {
    "example.com": "exact example.com",
    // Upstream: compile_globset_normalizes_trailing_dots, normalize_host_lowercases_and_trims
    " ExAmPlE.CoM. ": "exact example.com",
    "\ta.example.org\r\n": "exact a.example.org",
    "example.com.:8443": "exact example.com:8443",
    "localhost": "exact localhost",
    "_dmarc.example.com": "exact _dmarc.example.com",
    "xn--pple-43d.com": "exact xn--pple-43d.com",
    "XN--Pple-43D.com": "exact xn--pple-43d.com",
    "*.Example.COM.": "suffix *.example.com",
    "**.Example.COM.": "suffix **.example.com",
    "*.localhost": "suffix *.localhost",
    "*.com": "suffix *.com",
    "a.*.b": "glob a.*.b",
    "*example.com": "glob *example.com",
    "ex*ample.com": "glob ex*ample.com",
    "?.example.com": "glob ?.example.com",
    "*-edge.example.com": "glob *-edge.example.com",
    " API?.EXAMPLE.COM. ": "glob api?.example.com",
    "*.api?.example.com": "glob *.api?.example.com",
    "**.api?.example.com:443": "glob **.api?.example.com:443",
    "*.*.example.com": "glob *.*.example.com",
    "127.0.0.1": "ip 127.0.0.1",
    "127.0.0.1.": "ip 127.0.0.1",
    "127.0.0.1:8080": "ip 127.0.0.1:8080",
    // Upstream: compile_globset_normalizes_bracketed_ipv6_literals
    "[::1]": "ip ::1",
    "::1": "ip ::1",
    "0:0:0:0:0:0:0:1": "ip ::1",
    "[2001:DB8::1]:443": "ip [2001:db8::1]:443",
    // Without brackets it is all address.
    "2001:db8::1:443": "ip 2001:db8::1:443",
    "::ffff:192.0.2.1": "ip ::ffff:192.0.2.1",
    "10.0.0.0/8": "range 10.0.0.0/8",
    "FD00::/8": "range fd00::/8",
    "192.0.2.1/32": "range 192.0.2.1/32",
  };
  for (const [text, expected] of Object.entries(table)) {
    assertEquals(printed(text), expected, text);
    const again = expected.slice(expected.indexOf(" ") + 1);
    assertEquals(printed(again), expected, again);
  }
});

Deno.test("parseHostPattern() refuses what matches every host, or nearly", () => {
  const texts = [
    ...["*", "**", "*.*", "**.*", "*.**", "?*", "*?", "***", "?", "*.", "**.", "*.*.*", "*:443"],
    ...["[*]", "**.[*]", "*.[*]", "0.0.0.0/0", "::/0", "?.?", " * "],
  ];
  for (const text of texts) {
    assertStringIncludes(why(text), "it matches every host; ", text);
    assertStringIncludes(why(text), "dangerously_allow_all_domains = true", text);
  }
});

Deno.test("parseHostPattern() refuses a last label that is not written out", () => {
  for (const text of ["example.*", "*.c*", "*.co?", "api?x", "host-*", "a.b.*", "**.example.c*"]) {
    assertStringIncludes(why(text), "the last label must be written out", text);
  }
});

Deno.test("parseHostPattern() says what to write instead", () => {
  const table: Record<string, string> = {
    ".example.com": "write example.com, or *.example.com for what lies below it",
    "*..com": "a label is empty",
    "example.com..": "a label is empty",
    "example..com": "a label is empty",
    ":443": "a label is empty",
    "***.example.com": "write **.example.com",
    "**foo.com": "write **.example.com",
    "a.**.b.com": "write **.example.com",
    "a**b.com": "one * inside a label",
    "xn--*.com": "an A-label is written in full",
    "xn--a": "not a valid A-label; write a host such as example.com",
    "*.xn--a.com": "not a valid A-label; write a host such as example.com",
    "10.0.0.*": "write a range such as 10.0.0.0/24",
    "10.0.0.?": "write a range such as 10.0.0.0/24",
    "*.0.0.1": "write a range such as 10.0.0.0/24",
    "10.*.0.1": "write a range such as 10.0.0.0/24",
    "*.example.1": "it ends in a number",
    "2130706433": "it ends in a number",
    "0x7f.1": "it ends in a number",
    "127.1": "it ends in a number",
    "-*.com": "a label begins with a hyphen; write a host such as example.com",
    "-a.com": "a label begins with a hyphen; write a host such as example.com",
    "a:b:c": "write an IPv6 address with a port as [2001:db8::1]:443",
    "example.com:80:80": "write an IPv6 address with a port as [2001:db8::1]:443",
    "example.com:": "the port is missing; write one from 1 to 65535, or none for any port",
    "example.com:*": "write one from 1 to 65535, or none for any port",
    "example.com:80-90": "the port is not a plain decimal number",
    "example.com:0443": "the port has a leading zero",
    "example.com:0": "the port is not between 1 and 65535",
    "[::1]:65536": "the port is not between 1 and 65535",
    "10.0.0.5/8": "bits are set after the prefix; write 10.0.0.0/8, or the address alone",
    "https://example.com/": 'write the host only, "example.com"',
    "*.bücher.de": 'write the A-label, "*.xn--bcher-kva.de"',
  };
  for (const [text, expected] of Object.entries(table)) {
    assertStringIncludes(why(text), expected, text);
    assertMatch(why(text), /^[ -~]+$/, text);
  }
});

Deno.test("parseHostPattern() takes labels of 63 bytes and names of 253", () => {
  const label = "a".repeat(63);
  assertEquals(printed(`*.${label}.com`), `suffix *.${label}.com`);
  assertStringIncludes(why(`*.${label}a.com`), "a label is longer than 63 bytes");
  assertStringIncludes(why(`${"a.".repeat(130)}com`), "the name is longer than 253 bytes");
});

Deno.test("wildcardBase() is what a wildcard pattern spells out at its end", () => {
  const table: Record<string, string | null> = {
    "*.com": "com",
    "**.example.com:443": "example.com",
    "*example.com": "com",
    "region*.v2.example.com": "v2.example.com",
    "*.api?.example.com": "example.com",
    "a.*.b": "b",
    "a.*.b?.example.com": "example.com",
    "example.com": null,
    "127.0.0.1": null,
    "10.0.0.0/8": null,
  };
  for (const [text, expected] of Object.entries(table)) {
    const pattern = parseHostPattern(text);
    assertEquals(pattern.kind === "bad" ? "bad" : wildcardBase(pattern), expected, text);
  }
});
