import { formatOrigin } from "../../policy/rule.ts";
import { formatRulePattern, type RulePattern } from "../../policy/rule_pattern.ts";
import type { Change } from "../../proxy/change_guard.ts";
import type { PlacedRule } from "../domain_lists.ts";
import { quote } from "../toml/printable.ts";
import { constraintsOf } from "./constraints.ts";
import { covers, type Reach, reachOf } from "./covers.ts";
import type { Access } from "./governed_settings.ts";
import type { Requirements } from "./requirements.ts";

/** Whether a change may be made. `why` is fit for whoever wants to make it. */
export type Permission =
  | { readonly kind: "permitted" }
  | { readonly kind: "refused"; readonly why: string };

const PERMITTED: Permission = { kind: "permitted" };

/** Whether requirements let a change through: whatever tightens, and nothing that they have settled. */
export function permits(requirements: Requirements, change: Change, access: Access): Permission {
  switch (change.kind) {
    case "allow_added":
      return permitsAllow(requirements, change.pattern, access);
    case "deny_removed": {
      const text = spelling(change.pattern);
      const managed = requirements.deny.find((each) => spelling(reachOf(each.rule)) === text);
      return managed === undefined ? PERMITTED : refused("denied_domains", denial(managed));
    }
    case "mode": {
      const { mode } = requirements.values;
      if (mode?.value !== "limited" || change.mode === "limited") return PERMITTED;
      return refused("mode", `it is limited by ${formatOrigin(mode.origin)}`);
    }
  }
}

function permitsAllow(
  requirements: Requirements,
  pattern: RulePattern,
  access: Access,
): Permission {
  // What a tunnel may carry does not matter to a rule that lets none through.
  const asked = { ...pattern, raw: false };
  const denied = requirements.deny.find((managed) => covers(reachOf(managed.rule), asked));
  if (denied !== undefined) return refused("denied_domains", denial(denied));
  const { allowed } = constraintsOf(requirements, access);
  if (allowed?.expansion !== false) return PERMITTED;
  const text = spelling(pattern);
  // What is allowed already is not loosened by being said again.
  if (allowed.rules.some((managed) => spelling(reachOf(managed.rule)) === text)) return PERMITTED;
  const why = `nothing can be added to the managed hosts by ${formatOrigin(allowed.origin)}`;
  return refused("allowed_domains", why);
}

function denial({ rule }: PlacedRule): string {
  return `${quote(rule.text)} is denied by ${formatOrigin(rule.origin)}`;
}

function refused(key: string, why: string): Permission {
  return { kind: "refused", why: `network.${key} constrained by managed config: ${why}` };
}

function spelling({ pattern, protocol, raw }: Reach): string {
  return formatRulePattern(pattern, protocol, raw);
}
