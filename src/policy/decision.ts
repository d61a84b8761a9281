import type { RequestRule } from "./request_rule.ts";
import type { Rule } from "./rule.ts";

/**
 * Why a request was not let through. One row a reason: the key is the word on the wire and in records
 * (the names are the seeds'), the value the sentence a person reads. docs/reasons.md has an entry each.
 */
export const BLOCK_REASONS = {
  denied: "a deny rule names this host",
  not_allowed: "no allow rule names this host (it is not denied either)",
  not_allowed_local: "this is a local, private or otherwise special address",
  own_listener: "this is Doorward's own address",
  upstream_proxy: "this is the proxy that Doorward itself goes through",
  method_not_allowed:
    "limited mode is read-only: GET, HEAD and OPTIONS, without a body or an upgrade",
  mitm_required: "what a tunnel carries has to be seen here, and it cannot be",
  mitm_hook_denied: "no request rule for this host allows this request",
  sni_mismatch: "the TLS handshake inside the tunnel names another host, or none",
  host_mismatch: "the request inside the tunnel names another host",
  not_tls: "what is inside the tunnel is not TLS, and no rule says that it may be anything",
  policy_denied: "a program that decides for this proxy said no",
  decider_failed: "the program that decides for this proxy gave no answer",
  proxy_disabled: "the network proxy is disabled",
} as const;

/** A key of {@linkcode BLOCK_REASONS}. */
export type BlockReason = keyof typeof BLOCK_REASONS;

/** Which part of Doorward decided. */
export type DecisionSource = "baseline_policy" | "mode_guard" | "proxy_state" | "decider";

/** Let it through, if its addresses pass too. */
export interface Allow {
  readonly verdict: "allow";
  /** The rule that allowed it; null where everything that is not denied is allowed. */
  readonly rule: Rule | null;
  /** The request rule that matched it, with what is to be done to its header; absent where the host has none. */
  readonly request?: RequestRule;
}

/**
 * The host is allowed, and what goes there inside a tunnel cannot be told from outside: the tunnel has to end here,
 * and each request in it is a question of its own. It earns no connection.
 */
export interface Inspect {
  readonly verdict: "inspect";
  /** As in {@linkcode Allow}. */
  readonly rule: Rule | null;
}

/** Nothing allows or denies it, and the configuration says that a person is to be asked. */
export interface Ask {
  readonly verdict: "ask";
  readonly reason: "not_allowed";
  readonly source: DecisionSource;
  readonly rule: null;
  readonly detail: string;
  /** As in {@linkcode Deny}. */
  readonly said?: string;
}

/** Do not connect. */
export interface Deny {
  readonly verdict: "deny";
  readonly reason: BlockReason;
  readonly source: DecisionSource;
  /** The rule that decided; null where it was the absence of one, or a mode. */
  readonly rule: Rule | null;
  /** What exactly was wrong, as a clause that follows the reason's sentence; may be empty. */
  readonly detail: string;
  /** The decider's own word for it, which programs see in place of `reason`. Printable. */
  readonly said?: string;
}

/** What policy says about one request. */
export type Decision = Allow | Inspect | Ask | Deny;

/** The reason as programs see it. */
export function reasonWord({ reason, said }: Ask | Deny): string {
  return said ?? reason;
}

/** The reason that a word names; null for a word of somebody's own. */
export function namedReason(word: string): BlockReason | null {
  return Object.hasOwn(BLOCK_REASONS, word) ? word as BlockReason : null;
}
