import type { BlockedBuffer } from "../audit/blocked_buffer.ts";
import type { BlockedRecord } from "../audit/blocked_record.ts";
import type { EventFeed } from "../audit/event_feed.ts";
import type { Counted, Tally } from "../audit/tally.ts";
import type { DecisionSource } from "../policy/decision.ts";
import type { PolicyRequest } from "../policy/socket_request.ts";
import type { Asker } from "./asking/asker.ts";
import type { Grant } from "./authorize.ts";
import type { SocketGrant } from "./authorize_socket.ts";
import type { BlockedRequest } from "./blocked.ts";
import { placeOf } from "./place.ts";

/** Where every decision is written down. */
export interface Ledger {
  readonly blocked: BlockedBuffer;
  readonly feed: EventFeed;
  readonly tally: Tally;
}

/** Writes down that a request was let through. */
export function noteAllowed(grant: Grant | SocketGrant, asker: Asker, ledger: Ledger): void {
  const { request, policy } = grant;
  const rule = "decision" in grant ? grant.decision.rule : null;
  const source = "approved" in grant && grant.approved !== undefined
    ? "decider"
    : "baseline_policy";
  const { protocol } = request;
  const { host } = placeOf(request);
  const counted: Counted = { decision: "allow", reason: null, protocol, host, rule };
  publish(counted, source, request, policy.generation, asker, ledger);
}

/** Writes down that a request was blocked: as a decision, and as a record. */
export function noteBlocked(
  { request, decision, asker }: BlockedRequest,
  record: BlockedRecord,
  ledger: Ledger,
): void {
  const { verdict, reason, rule, source, policy } = decision;
  const { protocol } = request;
  const { host } = placeOf(request);
  const counted: Counted = { decision: verdict, reason, protocol, host, rule };
  publish(counted, source, request, policy.generation, asker, ledger);
  const { seq, ...kept } = ledger.blocked.push(record);
  ledger.feed.publish({ type: "blocked", blocked_seq: seq, ...kept });
}

function publish(
  counted: Counted,
  source: DecisionSource,
  request: PolicyRequest,
  generation: number,
  { client, method, attempt }: Pick<Asker, "client" | "method" | "attempt">,
  { feed, tally }: Ledger,
): void {
  tally.note(counted);
  const { decision, reason, protocol, host, rule } = counted;
  feed.publish({
    type: "decision",
    generation,
    decision,
    reason,
    source,
    protocol,
    host,
    port: placeOf(request).port,
    method,
    client,
    rule: rule?.text ?? null,
    attempt_id: attempt(),
  });
}
