import type { SwitchedOff } from "../surfaces/switched_off.ts";
import { isDenylistOnly } from "./constraints.ts";
import type { Access } from "./governed_settings.ts";
import type { Requirements } from "./requirements.ts";

/**
 * Why nothing is to be started under requirements; null where it is. What they enable runs whatever the user or the
 * feature says, and what they switch off nobody switches on.
 */
export function offUnder(
  requirements: Requirements,
  user: SwitchedOff | null,
  access: Access,
): SwitchedOff | null {
  const { values: { enabled }, feature } = requirements;
  if (enabled?.value === true) return null;
  if (enabled?.value === false) return { why: "network.enabled is false", origin: enabled.origin };
  if (feature?.value === false) {
    return { why: "features.network_proxy is false", origin: feature.origin };
  }
  // Where nothing else holds a command, denials are still worth a proxy.
  return isDenylistOnly(requirements, access) ? null : user;
}
