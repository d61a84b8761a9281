import type { Config } from "../config/config.ts";
import type { PolicyDocument } from "../policy/policy.ts";
import type { Origin } from "../policy/rule.ts";

/** Where somebody wrote that the proxy is off; null when nobody did. */
export function switchedOffAt(config: Config): Origin | null {
  if (!config.enabledIsSet || config.policy.enabled) return null;
  return config.originOf("network.enabled") ??
    { file: config.sources.at(-1) ?? "built-in", line: null, column: null };
}

/** The policy of `start`, `run` and `explain`: to start Doorward is to want it, unless it is written off. */
export function policyInForce(config: Config): PolicyDocument {
  return config.enabledIsSet ? config.policy : { ...config.policy, enabled: true };
}
