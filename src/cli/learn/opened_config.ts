import type { Config } from "../../config/config.ts";
import { constraintsOf } from "../../config/requirements/constraints.ts";
import { formatOrigin } from "../../policy/rule.ts";

/**
 * A configuration as a command is learned under: every host passes that is not denied, but for local, private and
 * special addresses, and nobody is asked. Mode, deny rules, request rules and requirements stay what they are. Where the
 * requirements forbid it, no more passes than before.
 */
export function openedConfig(config: Config): Config {
  const mayOpen = whyNotOpened(config) === null;
  const { network, policy } = config;
  const wide = {
    dangerously_allow_all_domains: mayOpen || network.dangerously_allow_all_domains,
    allow_local_binding: false,
    ask: false,
  };
  return {
    ...config,
    network: { ...network, ...wide },
    policy: {
      ...policy,
      dangerouslyAllowAllDomains: wide.dangerously_allow_all_domains,
      allowLocalBinding: false,
      ask: false,
      inspectsAll: network.mitm,
    },
    decider: null,
    asksDecider: false,
    askWebhook: null,
    // They speak of a policy that is not in force.
    notices: [],
  };
}

/** What the requirements have against it; null for nothing. */
export function whyNotOpened({ requirements, access }: Config): string | null {
  const { allowed } = constraintsOf(requirements, access);
  if (allowed === null || allowed.expansion === true) return null;
  return `only the hosts that are required may be allowed (${formatOrigin(allowed.origin)})`;
}
