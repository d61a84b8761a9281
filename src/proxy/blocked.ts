import { recordedCommand } from "../audit/attribution.ts";
import type { Requester } from "../audit/audit_log.ts";
import type { BlockedProtocol, BlockedRecord } from "../audit/blocked_record.ts";
import { formatHost } from "../net/address/host.ts";
import { reasonWord } from "../policy/decision.ts";
import type { Protocol } from "../policy/request.ts";
import type { PolicyRequest } from "../policy/socket_request.ts";
import type { Refused } from "./authorize.ts";

/** A request that policy stopped, and who sent it. */
export interface BlockedRequest {
  readonly request: PolicyRequest;
  readonly decision: Refused;
  readonly asker: Requester;
  /** Whether the client has been told that its tunnel stands, and can be told no more. */
  readonly isAnnounced?: true;
}

/** The door's label in the blocked record; a disabled proxy keeps the decision's word (the seeds). */
const LABELS: Readonly<Record<Protocol, BlockedProtocol>> = {
  http: "http",
  https_connect: "http-connect",
  socks5_tcp: "socks5",
  socks5_udp: "socks5-udp",
};

/** One request inside a tunnel is HTTPS (the seeds), whichever door the tunnel came in by. */
function labelOf(request: PolicyRequest): BlockedProtocol {
  const isInside = request.kind === "http" && request.scheme === "https";
  return isInside ? "https" : LABELS[request.protocol];
}

/** A blocked request as a record. */
export function blockedRecord(blocked: BlockedRequest, nowMs: number): BlockedRecord {
  const { request, decision, asker } = blocked;
  const { document: { mode }, generation } = decision.policy;
  const attempt = asker.attempt();
  const disabled = decision.reason === "proxy_disabled" && request.protocol === "https_connect";
  return {
    // "unix-socket" would not say which: a record names the path (the seeds).
    host: request.kind === "socket" ? request.path : formatHost(request.target.host),
    reason: reasonWord(decision),
    client: asker.client,
    method: asker.method,
    mode: decision.source === "mode_guard" ? mode : null,
    protocol: disabled ? "https_connect" : labelOf(request),
    ...(attempt === null ? {} : { attempt_id: attempt }),
    decision: decision.verdict,
    source: decision.source,
    port: request.kind === "socket" ? 0 : request.target.port,
    timestamp: Math.floor(nowMs / 1000),
    generation,
    ...attributed(asker),
  };
}

function attributed(
  { listener, attribution: { label, command, execPolicyHint } }: Requester,
): Pick<BlockedRecord, "listener" | "label" | "command" | "exec_policy_hint"> {
  return {
    listener,
    ...(label === null ? {} : { label }),
    ...(command === null ? {} : { command: recordedCommand(command) }),
    ...(execPolicyHint === null ? {} : { exec_policy_hint: execPolicyHint }),
  };
}
