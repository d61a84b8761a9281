import type { AuditLog, Decided, Requester } from "../audit/audit_log.ts";
import { recordedCommand } from "../audit/attribution.ts";
import type { BlockedBuffer } from "../audit/blocked_buffer.ts";
import type { BlockedRecord } from "../audit/blocked_record.ts";
import type { EventFeed } from "../audit/event_feed.ts";
import type { Tally } from "../audit/tally.ts";
import {
  type Ask,
  type BlockReason,
  type DecisionSource,
  type Deny,
  reasonWord,
} from "../policy/decision.ts";
import type { Rule } from "../policy/rule.ts";
import type { Unresolved } from "./asking/authorize_asking.ts";
import type { Grant } from "./authorize.ts";
import type { SocketGrant } from "./authorize_socket.ts";
import type { Ending } from "./passage.ts";
import { type Placed, placeOf } from "./place.ts";

/** Where every decision is written down. */
export interface Ledger {
  readonly blocked: BlockedBuffer;
  readonly feed: EventFeed;
  readonly tally: Tally;
  readonly audit: AuditLog;
}

/** Writes down that a request was let through. */
export function noteAllowed(
  grant: Grant | SocketGrant,
  requester: Requester,
  ledger: Ledger,
): void {
  note(notedAllowed(grant), requester, ledger);
}

/** What is written down of a request that is let through. */
export function notedAllowed(grant: Grant | SocketGrant): Noted {
  const { request, policy: { generation } } = grant;
  if (!("decision" in grant)) return { ...ALLOWED, request, generation };
  const { rule } = grant.decision;
  // Who was asked about a tunnel said yes to what is inside, too; a rule may have come to say so since.
  const isApproved = rule !== null && rule === grant.approved;
  return { ...(isApproved ? OVERRIDDEN : ALLOWED), request, rule, generation };
}

/**
 * Writes down that a request was let through by name, and went nowhere: no address was to be had. That it was looked up
 * is something that its owner learns.
 */
export function noteUnresolved(unresolved: Unresolved, ledger: Ledger): void {
  const { request, asker, outcome } = unresolved;
  note(notedUnresolved(unresolved), asker, ledger);
  noteEnded({ request, asker }, endingOf(request, outcome), 0, ledger);
}

/** What is written down of it before its end. */
export function notedUnresolved({ request, policy }: Unresolved): Noted {
  const decision = policy.decide(request);
  const how = decision.verdict === "allow" ? { ...ALLOWED, rule: decision.rule } : OVERRIDDEN;
  return { ...how, request, generation: policy.generation };
}

/** The end of what has carried nothing, or nothing that is known of. */
export function endingOf(request: Placed, outcome: Ending["outcome"]): Ending {
  return { kind: kindOf(request), outcome, up: 0, down: 0 };
}

/** Writes down that a unix socket was asked for on a system without any, in the word of the seeds. */
export function noteUnsupported(
  request: Placed,
  generation: number,
  requester: Requester,
  { audit }: Ledger,
): void {
  const { protocol } = request;
  const { host, port } = placeOf(request);
  audit.decided({
    protocol,
    host,
    port,
    decision: "deny",
    reason: "unix_socket_unsupported",
    scope: "non_domain",
    source: "proxy_state",
    override: false,
    rule: null,
    generation,
  }, requester);
}

function kindOf({ kind, protocol }: Placed): Ending["kind"] {
  if (kind !== "tunnel") return "request";
  return protocol === "socks5_udp" ? "datagrams" : "tunnel";
}

/** A request that was blocked, as far as it is written down. */
export interface NotedBlock {
  readonly request: Placed;
  readonly decision: NotedRefusal;
  readonly asker: Requester;
}

/** A refusal, and which policy spoke it. */
export type NotedRefusal = (Ask | Deny) & { readonly policy: { readonly generation: number } };

/** Writes down that a request was blocked: as a decision, and as a record. */
export function noteBlocked(
  { request, decision, asker }: NotedBlock,
  record: BlockedRecord,
  ledger: Ledger,
): void {
  note({ ...refused(decision), request }, asker, ledger);
  const { seq, ...kept } = ledger.blocked.push(record, decision.reason);
  ledger.feed.publish({ type: "blocked", blocked_seq: seq, ...kept });
}

/** Writes down that what was let through is over. */
export function noteEnded(
  { request, asker }: { readonly request: Placed; readonly asker: Requester },
  ending: Ending,
  duration: number,
  { audit }: Ledger,
): void {
  if (!audit.isOn) return;
  const { host, port } = placeOf(request);
  audit.ended({ protocol: request.protocol, host, port, ...ending, duration }, asker);
}

/** A decision, as it is written down. */
export interface Noted {
  readonly request: Placed;
  readonly decision: "allow" | "deny" | "ask";
  /** Null for what was let through. */
  readonly reason: BlockReason | null;
  /** The reason in records. */
  readonly word: string;
  readonly source: DecisionSource;
  readonly override: boolean;
  readonly rule: Pick<Rule, "list" | "text"> | null;
  readonly generation: number;
}

type How = Omit<Noted, "request" | "generation">;

const ALLOWED: How = {
  decision: "allow",
  reason: null,
  word: "allow",
  source: "baseline_policy",
  override: false,
  rule: null,
};

/** Somebody who was asked allowed what no rule allows: that is the reason which they set aside (the seeds). */
const OVERRIDDEN: How = {
  ...ALLOWED,
  word: "not_allowed",
  source: "decider",
  override: true,
};

function refused(decision: NotedRefusal): Omit<Noted, "request"> {
  const { verdict, reason, source, rule, policy: { generation } } = decision;
  const word = reasonWord(decision);
  return { decision: verdict, reason, word, source, override: false, rule, generation };
}

/** Writes down a decision. */
export function note(noted: Noted, requester: Requester, { feed, tally, audit }: Ledger): void {
  const { request, decision, reason, word, source, override, generation } = noted;
  const rule = noted.rule?.text ?? null;
  const { protocol } = request;
  const { host, port } = placeOf(request);
  tally.note({ decision, reason, protocol, host, rule: noted.rule });
  const { client, method, listener, attempt, attribution } = requester;
  feed.publish({
    type: "decision",
    generation,
    decision,
    reason: reason === null ? null : word,
    source,
    protocol,
    host,
    port,
    method,
    client,
    rule,
    attempt_id: attempt(),
    override,
    listener,
    label: attribution.label,
    command: attribution.command === null ? null : recordedCommand(attribution.command),
    exec_policy_hint: attribution.execPolicyHint,
  });
  if (!audit.isOn) return;
  const where = { protocol, host, port };
  const judged = judgedBy(request, source);
  audit.decided(
    { decision, reason: word, override, rule, generation, ...judged, ...where },
    requester,
  );
}

/** Whether the host was judged, or something else (the seeds): a unix socket has none, and its list is a state. */
function judgedBy(
  { kind }: Placed,
  source: DecisionSource,
): Pick<Decided, "scope" | "source"> {
  if (kind === "socket") {
    return { scope: "non_domain", source: source === "mode_guard" ? source : "proxy_state" };
  }
  const isState = source === "mode_guard" || source === "proxy_state";
  return { scope: isState ? "non_domain" : "domain", source };
}
