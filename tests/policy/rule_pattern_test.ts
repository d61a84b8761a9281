import { assertEquals } from "@std/assert";
import {
  canonicalText,
  formatRulePattern,
  parseRulePattern,
} from "../../src/policy/rule_pattern.ts";
import { rule } from "../support/policy.ts";

function read(text: string) {
  const parsed = parseRulePattern(text);
  return parsed.kind === "bad"
    ? parsed.why
    : formatRulePattern(parsed.pattern, parsed.protocol, parsed.raw);
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

Deno.test("parseRulePattern() reads raw as the last word, and nowhere else", () => {
  const table: Record<string, string> = {
    "SSH.github.com:443 raw": "ssh.github.com:443 raw",
    " a.test  raw ": "a.test raw",
    "a.test over socks5_tcp raw": "a.test over socks5_tcp raw",
    "10.0.0.0/8\traw": "10.0.0.0/8 raw",
    "raw": "raw",
    "raw.test": "raw.test",
    "a.raw": "a.raw",
    "raw raw": "raw raw",
  };
  for (const [text, expected] of Object.entries(table)) assertEquals(read(text), expected, text);
  const bad = [
    "a.test raw over http",
    "a.test RAW",
    "a.test raw raw",
    "a.test over raw",
    "a.testraw b",
  ];
  for (const text of [...bad, "a.test raw,"]) {
    assertEquals(parseRulePattern(text).kind, "bad", text);
  }
});

Deno.test("canonicalText() tells a raw rule from one that is not", () => {
  const texts = ["A.test", "A.test raw", "A.test over http raw"];
  assertEquals(texts.map((text) => canonicalText(rule("allow", text))), [
    "a.test",
    "a.test raw",
    "a.test over http raw",
  ]);
});
