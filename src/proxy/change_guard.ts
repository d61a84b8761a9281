import type { Mode } from "../policy/policy.ts";
import type { RulePattern } from "../policy/rule_pattern.ts";

/** Something that a person or a program would change while Doorward runs, and that may loosen the policy. */
export type Change =
  /** A rule of the admin API, or the approval of a question. */
  | { readonly kind: "allow_added"; readonly pattern: RulePattern }
  | { readonly kind: "deny_removed"; readonly pattern: RulePattern }
  | { readonly kind: "mode"; readonly mode: Mode };

/** What there is against a change, in words for whoever wants to make it; null when there is nothing. */
export type ChangeGuard = (change: Change) => string | null;
