import { assertEquals } from "@std/assert";
import { formatRulePattern, parseRulePattern } from "../../src/policy/rule_pattern.ts";

function read(text: string) {
  const parsed = parseRulePattern(text);
  return parsed.kind === "bad" ? parsed.why : formatRulePattern(parsed.pattern, parsed.protocol);
}

Deno.test("parseRulePattern() reads a host pattern, and the one protocol it holds for", () => {
  const table: Record<string, string> = {
    "Example.com": "example.com",
    "*.example.com:443": "*.example.com:443",
    "example.com:443 over https_connect": "example.com:443 over https_connect",
    " Example.com  over  http ": "example.com over http",
    "[2001:db8::1]:22 over socks5_tcp": "[2001:db8::1]:22 over socks5_tcp",
    "10.0.0.0/8 over socks5_udp": "10.0.0.0/8 over socks5_udp",
    "over.example.com": "over.example.com",
    "over": "over",
  };
  for (const [text, expected] of Object.entries(table)) assertEquals(read(text), expected, text);
});

Deno.test("parseRulePattern() refuses what is no protocol, and what is no host", () => {
  const known = "write one of http, https_connect, socks5_tcp, socks5_udp";
  assertEquals(read("a.test over https"), `there is no such protocol; ${known}`);
  assertEquals(read("a.test over HTTP"), `there is no such protocol; ${known}`);
  assertEquals(read("a.test over http over http").startsWith("it has a space"), true);
  assertEquals(read("http://a.test"), 'it is a URL; write the host only, "a.test"');
  assertEquals(read(""), "it is empty; write a host such as example.com");
});
