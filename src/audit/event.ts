import type { DecisionSource } from "../policy/decision.ts";
import type { Mode } from "../policy/policy.ts";
import type { Protocol } from "../policy/request.ts";
import type { NumberedRecord } from "./blocked_buffer.ts";

/** What policy said about one request. Never a path, a query or a credential. */
export interface DecisionEvent {
  readonly type: "decision";
  readonly generation: number;
  readonly decision: "allow" | "deny" | "ask";
  /** A word of docs/reasons.md, or the decider's own; null for what was let through. */
  readonly reason: string | null;
  readonly source: DecisionSource;
  readonly protocol: Protocol;
  readonly host: string;
  readonly port: number;
  readonly method: string;
  /** `ip:port`. */
  readonly client: string;
  /** The rule that decided, as it is written. */
  readonly rule: string | null;
  readonly attempt_id: string | null;
  /** Whether somebody who was asked allowed what no rule allows. */
  readonly override: boolean;
  /** Where the client came in. */
  readonly listener: string;
  /** As in `Attribution`. */
  readonly label: string | null;
  readonly command: string | null;
  readonly exec_policy_hint: string | null;
}

/** A request that was blocked, as the buffer holds it; its own number is `blocked_seq`. */
export type BlockedEvent =
  & { readonly type: "blocked"; readonly blocked_seq: number }
  & Omit<NumberedRecord, "seq">;

/** A question to a person, in the words of the admin API. */
export interface QuestionRecord {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly protocol: Protocol;
  readonly method: string;
  readonly client: string;
  readonly command: string | null;
  readonly attempt_id: string | null;
  readonly address_class: string;
  readonly pattern: string;
  readonly waiting: number;
  /** Unix seconds. */
  readonly asked_at: number;
  readonly expires_at: number;
  /** Where the first client came in. */
  readonly listener: string;
  /** As in `Attribution`. */
  readonly label: string | null;
  readonly exec_policy_hint: string | null;
}

/** What became of a question. */
export interface PendingEvent {
  readonly type: "pending";
  readonly generation: number;
  readonly state: "asked" | "joined" | "answered" | "timed_out" | "cancelled" | "settled";
  readonly question: QuestionRecord;
  readonly decision?: "approve" | "deny";
  readonly scope?: "once" | "minutes" | "run" | "always";
  readonly by?: string;
}

/** An open client connection, in the words of the admin API. */
export interface ConnectionRecord {
  readonly id: number;
  readonly client: string;
  /**
   * `waiting` for a decision, or for the connection that was granted; `inspected` for a tunnel whose end is here,
   * while nothing is asked for inside it.
   */
  readonly kind: "tunnel" | "inspected" | "http" | "udp" | "waiting" | "idle";
  readonly protocol: Protocol | null;
  readonly host: string | null;
  readonly port: number | null;
  /** The rule that let it through, as it is written. */
  readonly rule: string | null;
  /** Carried by a tunnel so far; 0 for what is no tunnel. */
  readonly bytes_up: number;
  readonly bytes_down: number;
  /** Unix seconds. */
  readonly opened_at: number;
  /** Of the policy that let it through. */
  readonly generation: number | null;
}

/** The life of a client connection; `tunnel` when it becomes one. */
export interface ConnectionEvent {
  readonly type: "connection";
  readonly generation: number;
  readonly state: "opened" | "tunnel" | "closed";
  readonly connection: ConnectionRecord;
}

/** A rule in the words of the admin API. */
export interface RuleRecord {
  /** Only a rule that was made at run time has one. */
  readonly id: string | null;
  readonly list: "allow" | "deny";
  readonly pattern: string;
  readonly origin: "config" | "flag" | "runtime" | "approval";
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
  /** The preset that stands there by its name; absent for a rule that does. */
  readonly preset?: string;
  readonly scope: "always" | "run" | "minutes";
  /** Unix seconds. */
  readonly expires_at: number | null;
  /** Requests that it decided. */
  readonly hits: number;
}

/** A rule that came or went while Doorward runs. */
export interface RuleEvent {
  readonly type: "rule";
  readonly generation: number;
  readonly state: "added" | "removed" | "expired";
  readonly rule: RuleRecord;
}

/** A fault of a configuration, with its place. */
export interface FaultRecord {
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
  readonly message: string;
}

/** The configuration was read again. Where that failed the policy before it stays in force. */
export type ReloadEvent =
  | {
    readonly type: "reload";
    readonly generation: number;
    readonly ok: true;
    readonly changed: readonly string[];
  }
  | {
    readonly type: "reload";
    readonly generation: number;
    readonly ok: false;
    readonly message: string;
    readonly faults: readonly FaultRecord[];
  };

/** Somebody switched the mode. */
export interface ModeEvent {
  readonly type: "mode";
  readonly generation: number;
  readonly mode: Mode;
}

/** Whatever happens in a running proxy that somebody may watch. */
export type ProxyEvent =
  | DecisionEvent
  | BlockedEvent
  | PendingEvent
  | ConnectionEvent
  | RuleEvent
  | ReloadEvent
  | ModeEvent;

/** The words for kinds of event. */
export const EVENT_TYPES = [
  "decision",
  "blocked",
  "pending",
  "connection",
  "rule",
  "reload",
  "mode",
] as const satisfies readonly ProxyEvent["type"][];
