import { assertEquals } from "@std/assert";
import {
  formatEndpoint,
  formatSocketAddress,
  parseEndpoint,
  parsePort,
  sameSocketAddress,
} from "../../../src/net/address/endpoint.ts";
import { parseIp } from "../../../src/net/address/ip.ts";

function printed(text: string, defaultPort: number | null = null): string | null {
  const endpoint = parseEndpoint(text, defaultPort);
  return "kind" in endpoint ? null : formatEndpoint(endpoint);
}

function why(text: string, defaultPort: number | null = null): string | null {
  const endpoint = parseEndpoint(text, defaultPort);
  return "kind" in endpoint ? endpoint.why : null;
}

Deno.test("parseEndpoint() reads host and port", () => {
  const table: Record<string, string> = {
    "example.com:443": "example.com:443",
    // Upstream: normalize_host_strips_trailing_dot_with_port
    "Example.COM.:443": "example.com:443",
    "192.0.2.1:80": "192.0.2.1:80",
    // Upstream: normalize_host_strips_brackets_for_ipv6
    "[::1]:443": "[::1]:443",
    "[2001:DB8::1]:65535": "[2001:db8::1]:65535",
    "localhost:1": "localhost:1",
  };
  for (const [text, expected] of Object.entries(table)) assertEquals(printed(text), expected, text);
});

Deno.test("parseEndpoint() takes the default port where none is written", () => {
  assertEquals(printed("example.com", 80), "example.com:80");
  assertEquals(printed("[::1]", 443), "[::1]:443");
  assertEquals(printed("192.0.2.1", 8080), "192.0.2.1:8080");
  assertEquals(printed("example.com:81", 80), "example.com:81");
});

Deno.test("parseEndpoint() demands a port where there is no default", () => {
  for (const text of ["example.com", "[::1]", "192.0.2.1"]) {
    assertEquals(why(text), "the port is missing");
  }
});

Deno.test("parseEndpoint() takes ports from 1 to 65535 in plain decimal", () => {
  const table: Record<string, string> = {
    "0": "the port is not between 1 and 65535",
    "00": "the port is not between 1 and 65535",
    "65536": "the port is not between 1 and 65535",
    "4294967739": "the port is not between 1 and 65535",
    "65979": "the port is not between 1 and 65535",
    "18446744073709552059": "the port is not between 1 and 65535",
    "-1": "the port is not a plain decimal number",
    "+443": "the port is not a plain decimal number",
    "0443": "the port has a leading zero",
    "443x": "the port is not a plain decimal number",
    "": "the port is missing",
    " 443": "the port is not a plain decimal number",
    "443 ": "the port is not a plain decimal number",
    "４４３": "the port is not a plain decimal number",
    "0x1bb": "the port is not a plain decimal number",
    "4e2": "the port is not a plain decimal number",
    "443.0": "the port is not a plain decimal number",
    "443\n": "the port is not a plain decimal number",
  };
  for (const [port, expected] of Object.entries(table)) {
    assertEquals(why(`example.com:${port}`, 80), expected, port);
    assertEquals(why(`[::1]:${port}`, 80), expected, port);
    assertEquals(parsePort(port), { kind: "bad", why: expected }, port);
  }
  assertEquals(why("[::1]:80:90"), "the port is not a plain decimal number");
  for (const port of [1, 22, 443, 65535]) assertEquals(parsePort(String(port)), port);
});

Deno.test("parseEndpoint() names the well-known mistakes", () => {
  const table: Record<string, string> = {
    "example.com:80@evil.test:443": "user information is not accepted",
    "user@example.com": "user information is not accepted",
    "user:password@example.com": "user information is not accepted",
    // two ports
    "example.com:80:443": "it has more than one colon: an IPv6 address goes in brackets",
    "::1": "it has more than one colon: an IPv6 address goes in brackets",
    "2001:db8::1": "it has more than one colon: an IPv6 address goes in brackets",
    "2001:db8::1:443": "it has more than one colon: an IPv6 address goes in brackets",
    "[example.com]:443": "only an IPv6 address goes in brackets",
    "[127.0.0.1]:80": "only an IPv6 address goes in brackets",
    "[::1]evil:80": "something follows the closing bracket",
    "[[::1]]:80": "something follows the closing bracket",
    "[::1": "the closing bracket is missing",
    "[::1:80": "the closing bracket is missing",
    "127.1:80": "it ends in a number but is not an IPv4 address of four plain decimal numbers",
    // The host is looked at before the port
    "a b:99999": "it has a space",
    ":443": "the host is empty",
    "": "the host is empty",
    ":": "the host is empty",
    "http://example.com/": "the port is not a plain decimal number",
  };
  for (const [text, expected] of Object.entries(table)) assertEquals(why(text, 80), expected, text);
});

Deno.test("sameSocketAddress() compares family, address and port", () => {
  const at = (text: string, port: number) => ({ ip: parseIp(text)!, port });
  const one = at("0.0.0.1", 80);
  assertEquals(sameSocketAddress(one, at("0.0.0.1", 80)), true);
  for (const other of [at("0.0.0.1", 81), at("0.0.0.2", 80), at("::1", 80)]) {
    assertEquals(sameSocketAddress(one, other), false);
  }
});

Deno.test("formatSocketAddress() brackets IPv6 and prints port 0", () => {
  assertEquals(formatSocketAddress({ ip: parseIp("127.0.0.1")!, port: 0 }), "127.0.0.1:0");
  assertEquals(formatSocketAddress({ ip: parseIp("::1")!, port: 3128 }), "[::1]:3128");
});
