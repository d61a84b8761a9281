import { formatEndpoint, sameEndpoint } from "../../net/address/endpoint.ts";
import type { Deny } from "../../policy/decision.ts";
import type { Message } from "../http/message.ts";
import type { TunnelScope } from "./tunnel_scope.ts";

/**
 * The refusal of a request that names another host than the tunnel that it was found in; null for all others. Whoever
 * was allowed one host of a server must not ask it for another (domain fronting).
 */
export function misdirected({ target }: Message, scope: TunnelScope | null): Deny | null {
  if (scope === null || sameEndpoint(target.endpoint, scope.request.target)) return null;
  return {
    verdict: "deny",
    reason: "host_mismatch",
    source: "baseline_policy",
    rule: null,
    detail: `the tunnel leads to ${formatEndpoint(scope.request.target)}`,
  };
}
