import { assertEquals } from "@std/assert";
import { permits } from "../../../src/config/requirements/permits.ts";
import type { Change } from "../../../src/proxy/change_guard.ts";
import type { Access } from "../../../src/config/requirements/governed_settings.ts";
import { parseRulePattern, type RulePattern } from "../../../src/policy/rule_pattern.ts";
import { required } from "./required.ts";

function pattern(text: string): RulePattern {
  const parsed = parseRulePattern(text);
  if (parsed.kind === "bad") throw new Error(parsed.why);
  return parsed;
}

const allow = (text: string): Change => ({ kind: "allow_added", pattern: pattern(text) });
const undeny = (text: string): Change => ({ kind: "deny_removed", pattern: pattern(text) });
const FULL: Change = { kind: "mode", mode: "full" };
const LIMITED: Change = { kind: "mode", mode: "limited" };

const BASELINE = 'domains = { "managed.test" = "allow", "*.evil.test" = "deny" }';
const PINNED = `managed_allowed_domains_only = true\n${BASELINE}`;
const CONSTRAINED = "constrained by managed config:";
const DENIED =
  `network.denied_domains ${CONSTRAINED} "*.evil.test" is denied by requirements.toml:`;
const ADDED =
  `network.allowed_domains ${CONSTRAINED} nothing can be added to the managed hosts by requirements.toml:`;

/** What is required, what somebody would change, and why not; null where it may be. */
const TABLE: readonly (readonly [string, Change, Access, string | null])[] = [
  ["", allow("a.test"), "restricted", null],
  ["", undeny("a.test"), "restricted", null],
  ["", FULL, "restricted", null],
  [BASELINE, allow("a.test"), "restricted", null],
  [BASELINE, allow("a.test"), "full", `${ADDED}2:13`],
  [BASELINE, allow("a.evil.test"), "restricted", `${DENIED}2:39`],
  [BASELINE, allow("a.evil.test:443 over https_connect raw"), "restricted", `${DENIED}2:39`],
  [BASELINE, allow("evil.test"), "restricted", null],
  [BASELINE, undeny("*.EVIL.test"), "restricted", `${DENIED}2:39`],
  [BASELINE, undeny("a.evil.test"), "restricted", null],
  [PINNED, allow("a.test"), "restricted", `${ADDED}2:1`],
  [PINNED, allow("Managed.test."), "restricted", null],
  [PINNED, allow("managed.test raw"), "restricted", `${ADDED}2:1`],
  ["managed_allowed_domains_only = true", allow("a.test"), "full", `${ADDED}2:1`],
  [
    'mode = "limited"',
    FULL,
    "restricted",
    `network.mode ${CONSTRAINED} it is limited by requirements.toml:2:1`,
  ],
  ['mode = "limited"', LIMITED, "restricted", null],
  ['mode = "full"', FULL, "restricted", null],
  ['mode = "full"', LIMITED, "restricted", null],
];

for (const [lines, change, access, expected] of TABLE) {
  const what = change.kind === "mode" ? change.mode : JSON.stringify(change.pattern.pattern);
  Deno.test(`permits() judges ${change.kind} ${what} under ${JSON.stringify(lines)}, ${access}`, async () => {
    const permission = permits(await required(lines), change, access);
    assertEquals(permission.kind === "refused" ? permission.why : null, expected);
  });
}
