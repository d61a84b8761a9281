import { assert, assertEquals, assertMatch } from "@std/assert";
import { formatHost, type Host, parseHost } from "../../../src/net/address/host.ts";

function printed(text: string): string | null {
  const host = parseHost(text);
  return host.kind === "bad" ? null : `${host.kind} ${formatHost(host)}`;
}

function why(text: string): string | null {
  const host = parseHost(text);
  return host.kind === "bad" ? host.why : null;
}

Deno.test("parseHost() reads names, addresses and bracketed IPv6", () => {
  const table: Record<string, string> = {
    "example.com": "name example.com",
    // Upstream: normalize_host_lowercases_and_trims, without the trimming: a space is refused.
    "ExAmPlE.CoM": "name example.com",
    // Upstream: normalize_host_strips_trailing_dot
    "example.com.": "name example.com",
    "ExAmPlE.CoM.": "name example.com",
    "localhost": "name localhost",
    "LOCALHOST.": "name localhost",
    "_dmarc.example.com": "name _dmarc.example.com",
    "a_b.example.com": "name a_b.example.com",
    "a-b--c.example.com": "name a-b--c.example.com",
    "r3---sn-abc.googlevideo.com": "name r3---sn-abc.googlevideo.com",
    "1.example.com": "name 1.example.com",
    "127.0.0.1.nip.io": "name 127.0.0.1.nip.io",
    "1a": "name 1a",
    "0xyz": "name 0xyz",
    "4x4": "name 4x4",
    "a.1xf": "name a.1xf",
    "a0x1": "name a0x1",
    "127.0.0.1": "ip 127.0.0.1",
    "255.255.255.255": "ip 255.255.255.255",
    "[::1]": "ip ::1",
    "[2001:DB8:0::1]": "ip 2001:db8::1",
    "[::ffff:127.0.0.1]": "ip ::ffff:127.0.0.1",
  };
  for (const [text, expected] of Object.entries(table)) assertEquals(printed(text), expected, text);
});

Deno.test("parseHost() gives each mistake its own reason", () => {
  const table: Record<string, string> = {
    "": "the host is empty",
    ".": "a label is empty",
    "..": "a label is empty",
    ".example.com": "a label is empty",
    "example..com": "a label is empty",
    "example.com..": "a label is empty",
    "-a.com": "a label begins with a hyphen",
    "a.-b.com": "a label begins with a hyphen",
    "a-.com": "a label ends with a hyphen",
    "a.com-": "a label ends with a hyphen",
    "a.com-.": "a label ends with a hyphen",
    "a b.com": "it has a space",
    "example%2ecom": "percent-encoding and zone identifiers are not accepted",
    "user@example.com": "user information is not accepted",
    "example.com/": "it has a slash: a host has no path",
    "example.com\\": "it has a backslash",
    "example.com#": "it has a number sign: a host has no fragment",
    "example.com?": "it has a question mark: a host has no query",
    "example.com:80": "it has a colon: an IPv6 address goes in brackets",
    "::1": "it has a colon: an IPv6 address goes in brackets",
    "a[b].com": "only an IPv6 address goes in brackets, and the brackets go round all of it",
    "a]": "only an IPv6 address goes in brackets, and the brackets go round all of it",
    "*.example.com": '"*" does not occur in host names',
    "a,b": '"," does not occur in host names',
    "a~b": '"~" does not occur in host names',
    "a\tb": "it has a control character",
    "\x7f": "it has a control character",
    "[": "the closing bracket is missing",
    "[::1": "the closing bracket is missing",
    "[::1]evil": "something follows the closing bracket",
    "[::1]:80": "something follows the closing bracket",
    "[]": "only an IPv6 address goes in brackets",
    "[fe80::1%lo0]": "zone identifiers are not accepted",
    "[fe80::1%25lo0]": "zone identifiers are not accepted",
    "xn--a": "an xn-- label is not a valid A-label",
  };
  for (const [text, expected] of Object.entries(table)) assertEquals(why(text), expected, text);
});

// Every character that is not a letter, a digit, a hyphen, an underscore or a dot.
Deno.test("parseHost() takes only letters, digits, hyphen, underscore and dot", () => {
  for (let code = 0; code < 0x300; code++) {
    const character = String.fromCharCode(code);
    const host = parseHost(`a${character}b.example.com`);
    assertEquals(host.kind === "name", /[A-Za-z0-9._-]/.test(character), `U+${code.toString(16)}`);
  }
});

Deno.test("parseHost() says why in printable ASCII, whatever it was given", () => {
  const hostile = [
    "a\r\nX: y",
    "\x00",
    "\x1b[2Jx",
    "\u202ea",
    "a\u0000",
    "\ud800",
    "é",
    '"',
    "\x9b",
  ];
  for (const text of hostile) assertMatch(why(text)!, /^[ -~]+$/, text);
});

Deno.test("parseHost() refuses NUL anywhere in a name", () => {
  for (const text of ["evil.test\x00.example.org", "\x00example.com", "example.com\x00"]) {
    assertEquals(why(text), "it has a control character", JSON.stringify(text));
  }
});

Deno.test("parseHost() refuses control characters, line ends, spaces and percent-encoding", () => {
  const texts = [
    ...["a\r\nX: y.example.org", "example.com%00.evil.test", "example%2ecom", "exa mple.com"],
    ...["\texample.com", "example.com\x7f", "example.com\x80", "example.com\xff", " example.com"],
    ...["example.com ", "a.example.org\n", "example.com\v"],
  ];
  for (const text of texts) assertEquals(printed(text), null, JSON.stringify(text));
});

Deno.test("parseHost() drops one trailing dot and refuses two", () => {
  assertEquals(parseHost("EXAMPLE.com."), parseHost("example.com"));
  for (const text of ["example.com..", ".example.com", "..", "example.com. "]) {
    assertEquals(printed(text), null, text);
  }
});

Deno.test("parseHost() takes brackets only round IPv6", () => {
  const texts = [
    ...["[example.com]", "[evil.test]", "[[::1]]", "[::1", "[127.0.0.1]", "[::1]evil", "::1]"],
    ...["[::1].", "[ ::1]", "[::1]]", "[*]", "[v1.x]", "[::1.2.3]", "[1]"],
  ];
  for (const text of texts) assertEquals(printed(text), null, text);
});

Deno.test("parseHost() refuses user information, fragments and backslashes", () => {
  const texts = ["example.com@evil.test", "evil.test#@example.com", "evil.test\\@example.com"];
  for (const text of texts) assertEquals(printed(text), null, text);
});

Deno.test("parseHost() takes a name that ends in a number only as a strict quad", () => {
  const texts = [
    ...["2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "0", "2852039166"],
    ...["0xA9FEA9FE", "0251.0376.0251.0376", "127.0.0.1.", "00000127.0.0.1", "256.256.256.256"],
    ...[
      "1.2.3.4.5",
      "example.1",
      "example.0",
      "a.08",
      "a.0x",
      "a.0X1F",
      "a.0xdeadbeef",
      "1.",
      "a.1.",
    ],
  ];
  for (const text of texts) {
    const expected = "it ends in a number but is not an IPv4 address of four plain decimal numbers";
    assertEquals(why(text), expected, text);
  }
});

Deno.test("parseHost() takes international names only as A-labels that are valid", () => {
  const refused = [
    ...["аpple.com", "ⓔxample.com", "exam\u00adple.com", "example。com", "faß.de", "bücher.de"],
    ...[
      "xn--a",
      "xn--",
      "xn--a.com",
      "www.xn--a-ecp.ru",
      "xn--1ug.com",
      "xn--example.com",
      "XN--A",
    ],
  ];
  for (const text of refused) assertEquals(printed(text), null, text);
  const taken: Record<string, string> = {
    "xn--pple-43d.com": "name xn--pple-43d.com",
    "XN--Pple-43D.com": "name xn--pple-43d.com",
    "xn--fa-hia.de": "name xn--fa-hia.de",
    "fass.de": "name fass.de",
    "www.xn--mnchen-3ya.de.": "name www.xn--mnchen-3ya.de",
    "axn--b.com": "name axn--b.com",
  };
  for (const [text, expected] of Object.entries(taken)) assertEquals(printed(text), expected, text);
});

Deno.test("parseHost() takes labels of 63 bytes and names of 253, and no longer ones", () => {
  const label = "a".repeat(63);
  const longest = `${label}.${label}.${label}.${"a".repeat(61)}`;
  assertEquals(longest.length, 253);
  for (const text of [label, `${label}.com`, longest, `${longest}.`]) {
    assertEquals(parseHost(text), { kind: "name", name: text.replace(/\.$/, "") });
  }
  for (const text of [`${label}a`, `${label}a.com`, `a.${label}a`, `a.${label}a.com`]) {
    assertEquals(why(text), "a label is longer than 63 bytes");
  }
  const tooLong = [`${longest}a`, `a.${longest}`, `${longest}..`, "a.".repeat(10_000)];
  for (const text of [...tooLong, "a".repeat(1_000_000)]) {
    assertEquals(why(text), "the name is longer than 253 bytes");
  }
  assertEquals(printed("a.".repeat(126) + "a"), `name ${"a.".repeat(126)}a`);
});

Deno.test("formatHost() prints an IPv6 address without brackets", () => {
  const host = parseHost("[2001:db8::1]");
  assert(host.kind !== "bad");
  assertEquals(formatHost(host), "2001:db8::1");
  const name: Host = { kind: "name", name: "example.com" };
  assertEquals(formatHost(name), "example.com");
});
