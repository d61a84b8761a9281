import type { BadPattern } from "../policy/host_pattern.ts";
import { parseRulePattern, type RulePattern } from "../policy/rule_pattern.ts";
import { flagEntries, parseRules } from "./domain_lists.ts";
import { checkPublicSuffixes } from "./public_suffix.ts";
import { Findings } from "./toml/findings.ts";

/** Reads one pattern outside a file, and refuses what a file may not say either: `*.com`. */
export async function readPattern(text: string): Promise<RulePattern | BadPattern> {
  const parsed = parseRulePattern(text);
  if (parsed.kind === "bad") return parsed;
  const findings = new Findings();
  const entries = flagEntries("--allow", [text], 0);
  await checkPublicSuffixes(parseRules("allow", entries, findings), findings);
  const [fault] = findings.faults();
  return fault === undefined ? parsed : { kind: "bad", why: fault.message };
}
