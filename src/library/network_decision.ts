import type { DeciderAnswer, DeciderRequest } from "../proxy/asking/decider.ts";

/** A request that no rule allows and no rule denies, for a program to decide about. */
export type NetworkPolicyRequest = DeciderRequest;

/** What a program decides. The reason is for records, and for the program whose request it is. */
export type NetworkDecision = DeciderAnswer;

/** Decides about requests that no rule names. What it throws, and taking too long, is a denial. */
export type NetworkPolicyDecider = (
  request: NetworkPolicyRequest,
  signal: AbortSignal,
) => NetworkDecision | Promise<NetworkDecision>;

/** Makes decisions. */
export const NetworkDecision = {
  /** Lets the request go on to the checks that are left: of its addresses, and of its method. */
  allow: (): NetworkDecision => ({ decision: "allow" }),
  /** Blocks it. */
  deny: (reason = "policy_denied"): NetworkDecision => ({ decision: "deny", reason }),
  /** Blocks it, and says that a person could allow it. */
  ask: (reason = "not_allowed"): NetworkDecision => ({ decision: "ask", reason }),
} as const;
