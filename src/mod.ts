/**
 * Doorward as a library: a network policy proxy inside another program.
 *
 * ```ts
 * import { NetworkDecision, NetworkProxy } from "@doorward/doorward";
 *
 * const proxy = await NetworkProxy.builder()
 *   .config({ network: { enabled: true, allowed_domains: ["api.example.com"] } })
 *   .policyDecider((request) =>
 *     request.command?.startsWith("curl ") ? NetworkDecision.allow() : NetworkDecision.deny()
 *   )
 *   .build();
 * await using handle = await proxy.run();
 * console.log(`HTTP_PROXY=http://${handle.addresses?.http}`);
 * ```
 *
 * @module
 */
export { NetworkProxy, type ProxyAddresses } from "./library/network_proxy.ts";
export {
  type ConfigObject,
  type DeciderOptions,
  NetworkProxyBuilder,
  type ProgramMetadata,
} from "./library/network_proxy_builder.ts";
export type {
  AuditState,
  EnvOptions,
  NetworkProxyHandle,
  ProxyListener,
} from "./library/network_proxy_handle.ts";
export {
  NetworkDecision,
  type NetworkPolicyDecider,
  type NetworkPolicyRequest,
} from "./library/network_decision.ts";
export type { Attribution } from "./audit/attribution.ts";
export {
  AUDIT_TARGET,
  type AuditAttribution,
  type AuditEndpoints,
  type AuditHead,
  type AuditMetadata,
  type AuditPlace,
  type AuditRecord,
  type CloseAudit,
  type DecisionAudit,
  type HappenedAudit,
  type LossAudit,
  POLICY_DECISION,
  RECORDS_LOST,
  REQUEST_CLOSE,
} from "./audit/audit_record.ts";
export type { NumberedRecord } from "./audit/blocked_buffer.ts";
export type { BlockedProtocol, BlockedRecord } from "./audit/blocked_record.ts";
export { ConfigError, type ConfigFault } from "./config/errors.ts";
export type { DecisionSource } from "./policy/decision.ts";
export type { Mode } from "./policy/policy.ts";
export { type Protocol, PROTOCOLS } from "./policy/request.ts";
export type { Origin } from "./policy/rule.ts";
