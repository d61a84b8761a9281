import type { Origin } from "../../policy/rule.ts";
import type { LocatedTable } from "../toml/located.ts";
import type { Surface } from "./base_policy.ts";
import { FEATURE, type Feature } from "./feature.ts";
import type { Profile } from "./profile.ts";
import type { Sandbox } from "./sandbox_mode.ts";

/** Why nothing is to be started, and where that was written. */
export interface SwitchedOff {
  readonly why: string;
  readonly origin: Origin;
}

/** All that may say so. */
export interface WrittenSwitches {
  readonly surface: Surface;
  /** The policy, flags included. */
  readonly network: LocatedTable;
  /** `[network]` as flags alone have it. */
  readonly flags: LocatedTable;
  readonly profile: Profile | null;
  readonly sandbox: Sandbox | null;
  readonly feature: Feature;
}

/**
 * Says why nothing is to be started; null where it is. To start Doorward is to want it: what nobody switched off is
 * on, but a profile or a sandbox without a network has nothing to stand before.
 */
export function whyOff(switches: WrittenSwitches): SwitchedOff | null {
  const { surface, network, flags, profile, sandbox, feature } = switches;
  if (feature.enabled?.value === false) {
    return { why: `${FEATURE} is false`, origin: feature.enabled.place.origin };
  }
  const said = enabledIn(flags) ?? (surface === "profile" ? null : enabledIn(network));
  if (said?.value === false) return { why: "network.enabled is false", origin: said.origin };
  if (enabledIn(flags) !== null) return null;
  if (profile !== null) return whyProfileOff(profile, surface === "profile");
  return surface === "sandbox_mode" && sandbox !== null ? whySandboxOff(sandbox) : null;
}

/** The profile that bounds nothing. */
export const FULL_ACCESS = ":danger-full-access";

/** @param isPolicy whether the profile is the policy, and has to give the network */
function whyProfileOff(profile: Profile, isPolicy: boolean): SwitchedOff | null {
  const enabled = enabledIn(profile.network);
  if (enabled?.value === true || (!isPolicy && enabled === null)) return null;
  const { name, place: { origin } } = profile;
  if (name === FULL_ACCESS) return { why: `${FULL_ACCESS} wants no bounds`, origin };
  const key = `permissions.${name}.network.enabled`;
  return enabled === null
    ? { why: `${key} is not true: the profile has no network`, origin }
    : { why: `${key} is false`, origin: enabled.origin };
}

function whySandboxOff({ mode, network, place: { origin } }: Sandbox): SwitchedOff | null {
  if (mode === "danger-full-access") {
    return { why: `sandbox_mode is "${mode}": it wants no bounds`, origin };
  }
  if (network) return null;
  const why = mode === "read-only"
    ? `sandbox_mode is "${mode}": it has no network`
    : "sandbox_workspace_write.network_access is not true";
  return { why, origin };
}

/** A switch as it is written; null where it is not, or is wrong, which is told elsewhere. */
export function enabledIn(table: LocatedTable): { value: boolean; origin: Origin } | null {
  const written = table.entries.get("enabled");
  if (written?.value.kind !== "scalar" || typeof written.value.value !== "boolean") return null;
  return { value: written.value.value, origin: written.key.origin };
}
