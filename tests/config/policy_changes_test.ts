import { assertEquals } from "@std/assert";
import { policyChanges } from "../../src/config/policy_changes.ts";
import { policyOf, requestRule } from "../support/policy.ts";

type Lists = Parameters<typeof policyOf>[0];
type Switches = Parameters<typeof policyOf>[1];

function changes(before: [Lists, Switches?], after: [Lists, Switches?]): readonly string[] {
  return policyChanges(policyOf(...before).document, policyOf(...after).document);
}

/** What is there, what is to be, and how the difference is told. */
const TOLD: readonly (readonly [[Lists, Switches?], [Lists, Switches?], string[]])[] = [
  [[{ allow: ["a.test"] }], [{ allow: ["a.test"] }], []],
  [[{ allow: ["a.test", "b.test"] }], [{ allow: ["b.test", "a.test", "a.test"] }], []],
  [[{ allow: ["a.test"] }], [{ allow: ["b.test"] }], ["allow +b.test", "allow -a.test"]],
  [[{ allow: ["a.test"] }], [{ deny: ["a.test"] }], ["allow -a.test", "deny +a.test"]],
  [[{}], [{}, { mode: "limited" }], ["mode limited"]],
  [[{}, { ask: true }], [{}, { ask: false, enabled: false }], ["enabled false", "ask false"]],
  [[{}], [{}, { allowLocalBinding: true }], ["allow_local_binding true"]],
  [[{}], [{}, { sniBinding: true, denyEch: true }], ["sni_binding true", "ech deny"]],
  [[{}, { denyEch: true }], [{}], ["ech allow"]],
  [[{}], [{}, { dangerouslyAllowAllDomains: true }], ["dangerously_allow_all_domains true"]],
  [[{}], [{}, { dangerouslyAllowAllUnixSockets: true }], [
    "dangerously_allow_all_unix_sockets true",
  ]],
  [[{}], [{}, { interception: true }], ["mitm true"]],
  [[{}, { requestRules: [requestRule("a.test read")] }], [{}, {
    requestRules: [requestRule("a.test read", 9), requestRule("b.test write")],
  }], ["request rule +b.test write"]],
  [[{}, { unixSockets: ["/a"] }], [{}, { unixSockets: ["/b"] }], [
    "unix socket +/b",
    "unix socket -/a",
  ]],
];

for (const [before, after, told] of TOLD) {
  Deno.test(`policyChanges() tells ${told.join(", ") || `nothing of ${JSON.stringify(after)}`}`, () => {
    assertEquals(changes(before, after), told);
  });
}

Deno.test("policyChanges() tells twenty changes and counts the rest", () => {
  const hosts = (count: number) => Array.from({ length: count }, (_, at) => `h${at}.test`);
  assertEquals(changes([{}], [{ allow: hosts(20) }]).length, 20);
  const many = changes([{}], [{ allow: hosts(23) }]);
  assertEquals([many.length, many[19], many[20]], [21, "allow +h19.test", "and 3 more"]);
});
