import type { Config } from "../config/config.ts";
import type { PolicyDocument } from "../policy/policy.ts";

/** The policy of `start`, `run` and `explain`: to start Doorward is to want it, unless it is written off. */
export function policyInForce(config: Config): PolicyDocument {
  return { ...config.policy, enabled: config.off === null, decider: config.asksDecider };
}
