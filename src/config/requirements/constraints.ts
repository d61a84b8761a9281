import type { Origin } from "../../policy/rule.ts";
import type { PlacedRule } from "../domain_lists.ts";
import type { Access } from "./governed_settings.ts";
import type { PinnedValues, Requirements } from "./requirements.ts";

/** Rules that a list is measured by. */
export interface ListConstraint {
  readonly rules: readonly PlacedRule[];
  /**
   * Whether a user may add to them. Null is the older reading: a user may only choose among them, and narrow them
   * (allow), or add to them (deny).
   */
  readonly expansion: boolean | null;
  readonly origin: Origin;
}

/** What a configuration may not go beyond. Null is no constraint. */
export interface Constraints extends
  Pick<
    PinnedValues,
    | "enabled"
    | "mode"
    | "allow_upstream_proxy"
    | "dangerously_allow_non_loopback_proxy"
    | "dangerously_allow_non_loopback_admin"
    | "dangerously_allow_all_unix_sockets"
    | "allow_local_binding"
  > {
  readonly allowed: ListConstraint | null;
  readonly denied: ListConstraint | null;
  readonly unixSockets: Requirements["unixSockets"];
}

/** What requirements leave no choice about. */
export function constraintsOf(requirements: Requirements, access: Access): Constraints {
  const { values, deny, unixSockets } = requirements;
  const denied = listConstraint(deny, true);
  if (isDenylistOnly(requirements, access)) {
    return { ...values, allowed: null, denied, unixSockets };
  }
  return { ...values, allowed: allowedBy(requirements, access), denied, unixSockets };
}

/** Whether everything is allowed that is not denied, since denials are all that can be hoped for. */
export function isDenylistOnly({ values }: Requirements, access: Access): boolean {
  return access === "full" && values.danger_full_access_denylist_only?.value === true;
}

function allowedBy({ values, allow }: Requirements, access: Access): ListConstraint | null {
  const only = values.managed_allowed_domains_only;
  if (only?.value === true) {
    return { rules: allow, expansion: false, origin: only.origin };
  }
  return listConstraint(allow, access === "restricted");
}

function listConstraint(rules: readonly PlacedRule[], expansion: boolean): ListConstraint | null {
  const first = rules[0];
  return first === undefined ? null : { rules, expansion, origin: first.rule.origin };
}
