import { assertEquals } from "@std/assert";
import { canonicalText, formatRulePattern } from "../../../src/policy/rule_pattern.ts";
import { approvalPattern, denialPattern } from "../../../src/proxy/asking/approval_pattern.ts";
import { connectTo, httpTo, policyOf, rule } from "../../support/policy.ts";

Deno.test("approvalPattern() is what was asked for, and nothing beside it", () => {
  const text = (request: ReturnType<typeof connectTo | typeof httpTo>) => {
    const { pattern, protocol } = approvalPattern(request);
    return formatRulePattern(pattern, protocol);
  };
  assertEquals(text(connectTo("a.test")), "a.test:443 over https_connect");
  assertEquals(text(httpTo("a.test:8080")), "a.test:8080 over http");
  assertEquals(
    text(connectTo("[2001:db8::1]:22", "socks5_tcp")),
    "[2001:db8::1]:22 over socks5_tcp",
  );
});

Deno.test("denialPattern() is the whole host", () => {
  const { pattern, protocol } = denialPattern(connectTo("a.test"));
  assertEquals(formatRulePattern(pattern, protocol), "a.test");
});

Deno.test("approvalPattern() makes rules that read back as they were written", () => {
  const { pattern, protocol } = approvalPattern(connectTo("192.0.2.1:53", "socks5_udp"));
  const text = formatRulePattern(pattern, protocol);
  assertEquals(canonicalText(rule("allow", text)), text);
  const policy = policyOf({ allow: [text] });
  assertEquals(policy.decide(connectTo("192.0.2.1:53", "socks5_tcp")).verdict, "deny");
});
