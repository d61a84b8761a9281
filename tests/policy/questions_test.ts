import { assertEquals } from "@std/assert";
import type { NetworkRequest } from "../../src/policy/request.ts";
import type { RequestRule } from "../../src/policy/request_rule.ts";
import type { Policy, Step } from "../../src/policy/policy.ts";
import { connectTo, httpTo, ip, policyOf, requestRule, rule } from "../support/policy.ts";

Deno.test("questions tell what was asked and answered, with the rule and where it stands", () => {
  const policy = policyOf({ allow: ["*.example.com"], deny: ["evil.test"] });
  const told: Step[] = [];
  policy.decide(connectTo("api.example.com"), (step) => told.push(step));
  assertEquals(told, [
    { question: "proxy", answer: "enabled", rule: null },
    { question: "deny rules by name", answer: "no match", rule: null },
    { question: "local or special address", answer: "no", rule: null },
    {
      question: "allow rules by name",
      answer: '"*.example.com" (test.toml:1:1)',
      rule: rule("allow", "*.example.com"),
    },
    { question: "mode", answer: "full: every method passes", rule: null },
  ]);
});

Deno.test("questions are not asked after the one that decided", () => {
  const note = (policy: Policy, host: string): [string, string][] => {
    const told: [string, string][] = [];
    policy.decide(httpTo(host), ({ question, answer }) => told.push([question, answer]));
    return told;
  };
  const limited = policyOf({ allow: ["example.com"], deny: ["evil.test"] }, { mode: "limited" });
  assertEquals(note(policyOf({}, { enabled: false }), "a.com"), [["proxy", "disabled"]]);
  assertEquals(note(limited, "evil.test").at(-1), [
    "deny rules by name",
    '"evil.test" (test.toml:1:1)',
  ]);
  assertEquals(note(limited, "127.0.0.1").at(-1), [
    "local or special address",
    "127.0.0.1 is a loopback address",
  ]);
  assertEquals(note(limited, "other.test").at(-1), ["allow rules by name", "no match"]);
  assertEquals(note(limited, "example.com").at(-1), ["mode", "limited: it only reads"]);
  const open = policyOf({}, { allowLocalBinding: true, dangerouslyAllowAllDomains: true });
  assertEquals(note(open, "127.0.0.1").slice(2), [
    ["local or special address", "a loopback address, may pass"],
    ["allow rules by name", "no match"],
    ["dangerously_allow_all_domains", "on: all that is not denied is allowed"],
    ["mode", "full: every method passes"],
  ]);
});

Deno.test("askMode() tells what is in the way", () => {
  const told: Step[] = [];
  const policy = policyOf({ allow: ["example.com"] }, { mode: "limited" });
  policy.decide(httpTo("example.com", { method: "POST" }), (step) => told.push(step));
  policy.decide(connectTo("example.com"), (step) => told.push(step));
  const modes = told.filter((step) => step.question === "mode").map((step) => step.answer);
  assertEquals(modes, [
    "limited: POST is not a reading method",
    "limited: limited mode is read-only, and interception is off",
  ]);
});

Deno.test("askLocalAnswer() tells of the address, after askDenied() of its rules", () => {
  const policy = policyOf({ allow: ["example.com", "localhost"], deny: ["1.1.1.1"] });
  const note = (host: string, address: string): [string, string, string | undefined][] => {
    const told: [string, string, string | undefined][] = [];
    policy.decideAddress(httpTo(host), ip(address), ({ question, answer, rule }) => {
      told.push([question, answer, rule?.text]);
    });
    return told;
  };
  assertEquals(note("example.com", "8.8.8.8"), [
    ["deny rules by address 8.8.8.8", "no match", undefined],
    ["address 8.8.8.8", "a public address, may pass", undefined],
  ]);
  assertEquals(note("example.com", "10.0.0.1").at(-1), [
    "address 10.0.0.1",
    "example.com resolves to 10.0.0.1, a private address",
    undefined,
  ]);
  assertEquals(note("localhost", "::1").at(-1), [
    "address ::1",
    "a loopback address, may pass",
    undefined,
  ]);
  assertEquals(note("example.com", "1.1.1.1"), [
    ["deny rules by address 1.1.1.1", '"1.1.1.1" (test.toml:1:1)', "1.1.1.1"],
  ]);
  assertEquals(note("8.8.8.8", "8.8.8.8"), [["address 8.8.8.8", "as asked for", undefined]]);
  assertEquals(note("1.1.1.1", "1.1.1.1"), [
    ["address 1.1.1.1", '"1.1.1.1" (test.toml:1:1)', "1.1.1.1"],
  ]);
});

Deno.test("askRequestRules() and askTunnelRules() tell which rule, where there are any", () => {
  const told = (requestRules: readonly RequestRule[], request: NetworkRequest): string[] => {
    const steps: Step[] = [];
    const policy = policyOf({ allow: ["*.test"] }, { requestRules, interception: true });
    policy.decide(request, (step) => steps.push(step));
    return steps.filter(({ question }) => question === "request rules").map(({ answer }) => answer);
  };
  const rules = [requestRule("a.test GET", 7), requestRule("a.test read", 8)];
  assertEquals(told([], httpTo("a.test")), []);
  assertEquals(told([], connectTo("a.test")), []);
  assertEquals(told(rules, httpTo("b.test")), ["none for this host"]);
  assertEquals(told(rules, connectTo("b.test")), ["none for this host"]);
  assertEquals(told(rules, connectTo("a.test")), ["2 for this host"]);
  assertEquals(told(rules, httpTo("a.test")), ['"a.test GET" (test.toml:7:1)']);
  assertEquals(told(rules, httpTo("a.test", { method: "HEAD" })), [
    '"a.test read" (test.toml:8:1)',
  ]);
  assertEquals(told(rules, httpTo("a.test", { method: "PUT" })), [
    'no match: PUT /: this is more than the rule says: read; the nearest is "a.test read" (test.toml:8:1)',
  ]);
});
