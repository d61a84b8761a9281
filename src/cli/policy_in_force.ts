import type { Config } from "../config/config.ts";
import type { PolicyDocument } from "../policy/policy.ts";
import type { Origin } from "../policy/rule.ts";

/** Where somebody wrote that the proxy is off; null when nobody did. */
export function switchedOffAt(config: Config): Origin | null {
  return config.policy.enabled ? null : config.originOf("network.enabled") ?? null;
}

/** The policy of `start`, `run` and `explain`: to start Doorward is to want it, unless it is written off. */
export function policyInForce(config: Config): PolicyDocument {
  const isWritten = config.originOf("network.enabled") !== undefined;
  return isWritten ? config.policy : { ...config.policy, enabled: true };
}
