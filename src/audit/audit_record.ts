// A public format: fields are added at the end, never renamed. docs/audit.md says what each one means.
import type { DecisionSource } from "../policy/decision.ts";
import type { Protocol } from "../policy/request.ts";

/** What every record is filed under: the instrumentation scope of OpenTelemetry (the seeds). */
export const AUDIT_TARGET = "codex_otel.network_proxy";

/** The name of the record of a decision (the seeds). */
export const POLICY_DECISION = "codex.network_proxy.policy_decision";

/** The name of the record of the end of what was let through. */
export const REQUEST_CLOSE = "doorward.request_close";

/** The name of the record that stands where records are missing. */
export const RECORDS_LOST = "doorward.records_lost";

/** What the embedding program says of itself; it stands in every record. */
export interface AuditMetadata {
  /** Of the conversation in which it works. */
  readonly "conversation.id"?: string;
  /** Its own. */
  readonly "app.version"?: string;
  /** Of the person for whom it works. */
  readonly "user.account_id"?: string;
}

/** What every record begins with. */
export interface AuditHead extends AuditMetadata {
  /** The same in every record. */
  readonly target: typeof AUDIT_TARGET;
  /** What happened: by it the kinds of records are told apart. */
  readonly "event.name": string;
  /** RFC 3339, UTC, milliseconds: 24 characters. */
  readonly "event.timestamp": string;
}

/** Which proxy wrote a record, and where in its order it stands. */
export interface AuditPlace {
  /** Of one running proxy: no other has the same. */
  readonly "doorward.instance": string;
  /** From 1, without gaps, in the order of what happened in this instance. */
  readonly "doorward.seq": number;
}

/** Whose request it was: what is not known is left out. */
export interface AuditAttribution {
  /** Where the client came in: `127.0.0.1:3128`. */
  readonly "doorward.listener": string;
  /** What `codex-net-attempt-<id>` in the proxy URL said. */
  readonly "doorward.attempt.id"?: string;
  /** The name of the run. */
  readonly "doorward.label"?: string;
  /** At most 200 characters, and of each URL in it only the origin. */
  readonly "doorward.command"?: string;
  /** What the embedding program's own policy for commands said of it. */
  readonly "doorward.exec_policy_hint"?: string;
}

/** Where a request was to go, and whence. Never a path, a query or a credential. */
export interface AuditEndpoints {
  /** How it came in. */
  readonly "network.transport.protocol": Protocol;
  /** Without brackets; `unix-socket` for every unix socket. */
  readonly "server.address": string;
  /** 0 for a unix socket. */
  readonly "server.port": number;
  /** As sent, or `CONNECT`; `none` where the protocol has no methods. */
  readonly "http.request.method": string;
  /** `ip:port`, or `unknown`. */
  readonly "client.address": string;
}

/** One decision: written once for each, when it is made. */
export interface DecisionAudit extends AuditHead, AuditEndpoints, AuditPlace, AuditAttribution {
  /** Of every decision (the seeds). */
  readonly "event.name": typeof POLICY_DECISION;
  /** `domain` where the host was judged, `non_domain` where the mode, the proxy's state, or a unix socket was. */
  readonly "network.policy.scope": "domain" | "non_domain";
  /** `ask` blocks it, too, and says that a person could have allowed it. */
  readonly "network.policy.decision": "allow" | "deny" | "ask";
  /** Which part of Doorward decided. */
  readonly "network.policy.source": DecisionSource;
  /** A word of docs/reasons.md, or the decider's own; `allow` where a rule allowed it. */
  readonly "network.policy.reason": string;
  /** Whether somebody who was asked allowed what no rule allows. */
  readonly "network.policy.override": boolean;
  /** The same in every record of one request, within an instance. */
  readonly "doorward.request.id": number;
  /** Which of the policies of this instance decided. */
  readonly "doorward.policy.generation": number;
  /** The rule that decided, as it is written. */
  readonly "doorward.rule"?: string;
}

/** The end of what was let through: written once for each, when it is over. */
export interface CloseAudit extends AuditHead, AuditEndpoints, AuditPlace, AuditAttribution {
  /** Of every end. */
  readonly "event.name": typeof REQUEST_CLOSE;
  /** What it was: one request and its answer, bytes both ways, or datagrams to one destination. */
  readonly "doorward.kind": "request" | "tunnel" | "datagrams";
  /** `failed` where the server could not be reached or broke off, `closed` where it was ended before its end. */
  readonly "doorward.outcome": "done" | "failed" | "closed";
  /** From the client, as far as it was passed on; of a request its body. */
  readonly "doorward.bytes.up": number;
  /** To the client; of a request the body of its answer. */
  readonly "doorward.bytes.down": number;
  /** From the decision to the end, in milliseconds. */
  readonly "doorward.duration_ms": number;
  /** That of the decision which let it through. */
  readonly "doorward.request.id": number;
}

/** Stands where records are missing that could not be written. */
export interface LossAudit extends AuditHead {
  /** Of every gap. */
  readonly "event.name": typeof RECORDS_LOST;
  /** Whose records are missing. */
  readonly "doorward.instance": string;
  /** How many. */
  readonly "doorward.lost": number;
}

/** What is made at the moment when something happens. */
export type HappenedAudit = DecisionAudit | CloseAudit;

/** Any line of an audit file, but for its chain. */
export type AuditRecord = HappenedAudit | LossAudit;
