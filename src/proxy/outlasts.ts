import type { Policy } from "../policy/policy.ts";
import type { Rule } from "../policy/rule.ts";
import type { Grant } from "./authorize.ts";
import type { Serving } from "./client_connection.ts";

/** The policy in force, and which rules have ended by themselves. */
export interface PolicyInForce {
  readonly current: Policy;
  readonly isLapsed: (rule: Rule) => boolean;
}

/**
 * Whether what a connection carries may go on under the policy in force. What a rule let through whose time is over
 * may finish, as long as nothing but that rule is missing.
 */
export function outlasts({ grant }: Serving, live: PolicyInForce): boolean {
  const { current } = live;
  if (!("decision" in grant)) return current.decideSocket(grant.request, grant.path) === null;
  return isAllowed(grant, live) && addressesPass(grant, current) &&
    (isKnownInside(grant, current) || isLapsed(grant, live));
}

/** What a tunnel carries whose first words nobody had to look at is not known, and too late to be asked. */
function isKnownInside({ request, policy }: Grant, current: Policy): boolean {
  return request.kind !== "tunnel" || !current.looksInside(request) || policy.looksInside(request);
}

function isAllowed(grant: Grant, live: PolicyInForce): boolean {
  const { request, decision: { rule } } = grant;
  const { current } = live;
  const decision = current.decide(request);
  if (decision.verdict === "allow") return true;
  if (decision.verdict === "inspect" || decision.reason !== "not_allowed") return false;
  return isLapsed(grant, live) && current.decideApproved(request, rule).verdict === "allow";
}

function isLapsed({ decision: { rule } }: Grant, live: PolicyInForce): boolean {
  return rule !== null && live.isLapsed(rule);
}

/** The one that was connected to is among them, and which it was does not matter: one that is forbidden refuses all. */
function addressesPass({ request, addresses }: Grant, policy: Policy): boolean {
  return addresses.every(({ ip }) => policy.decideAddress(request, ip) === null);
}
