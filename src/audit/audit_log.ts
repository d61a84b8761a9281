import type { DecisionSource } from "../policy/decision.ts";
import type { Protocol } from "../policy/request.ts";
import { type Attribution, recordedCommand } from "./attribution.ts";
import {
  AUDIT_TARGET,
  type AuditAttribution,
  type AuditHead,
  type AuditMetadata,
  type CloseAudit,
  type DecisionAudit,
  type HappenedAudit,
  POLICY_DECISION,
  REQUEST_CLOSE,
} from "./audit_record.ts";
import type { AuditSink } from "./audit_sink.ts";

/** Who sent a request, as far as records tell of it. */
export interface Requester {
  /** The same for everything that is recorded of one request. */
  readonly id: number;
  /** `ip:port` of the client. */
  readonly client: string;
  /** `CONNECT`, `UDP`, or the HTTP method as sent. */
  readonly method: string;
  /** Where the client came in: `127.0.0.1:3128`. */
  readonly listener: string;
  readonly attribution: Attribution;
  /** The id by which a program told this attempt from others; asked for when it is needed. */
  readonly attempt: () => string | null;
}

/** Where a request was to go. */
export interface Destination {
  readonly protocol: Protocol;
  /** Without brackets; `unix-socket` for every unix socket. */
  readonly host: string;
  /** 0 for a unix socket. */
  readonly port: number;
}

/** A decision, before it is a record. */
export interface Decided extends Destination {
  readonly scope: DecisionAudit["network.policy.scope"];
  readonly decision: DecisionAudit["network.policy.decision"];
  readonly source: DecisionSource;
  readonly reason: string;
  readonly override: boolean;
  readonly rule: string | null;
  readonly generation: number;
}

/** An end, before it is a record. */
export interface Ended extends Destination {
  readonly kind: CloseAudit["doorward.kind"];
  readonly outcome: CloseAudit["doorward.outcome"];
  readonly up: number;
  readonly down: number;
  /** Milliseconds. */
  readonly duration: number;
}

/** What an {@linkcode AuditLog} is made of. */
export interface AuditLogParts {
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly metadata: AuditMetadata;
  readonly sinks: readonly AuditSink[];
  /** Of this proxy, and no other. */
  readonly instance: string;
}

/**
 * Makes the record of each decision and of each end, in the order in which they happen, and hands it to every sink. One
 * that fails keeps nothing from the others, or from the request.
 */
export class AuditLog {
  readonly #parts: AuditLogParts;
  readonly #failed = new Map<AuditSink, number>();
  #seq = 0;
  #time = { at: NaN, text: "" };

  readonly #hasMetadata: boolean;

  constructor(parts: AuditLogParts) {
    this.#parts = parts;
    this.#hasMetadata = Object.keys(parts.metadata).length > 0;
  }

  /** Whether anybody wants records. */
  get isOn(): boolean {
    return this.#parts.sinks.length > 0;
  }

  /** How many records there ever were. */
  get total(): number {
    return this.#seq;
  }

  /** Where they go, and how many did not get there. */
  get sinks(): readonly { readonly name: string; readonly lost: number }[] {
    return this.#parts.sinks.map((sink) => ({
      name: sink.name,
      lost: sink.lost + (this.#failed.get(sink) ?? 0),
    }));
  }

  /** Records a decision. */
  decided(decided: Decided, requester: Requester): void {
    if (!this.isOn) return;
    const { protocol, rule } = decided;
    this.#seq += 1;
    const record: Unattributed<DecisionAudit> = {
      target: AUDIT_TARGET,
      "event.name": POLICY_DECISION,
      "event.timestamp": this.#timestamp(),
      "network.policy.scope": decided.scope,
      "network.policy.decision": decided.decision,
      "network.policy.source": decided.source,
      "network.policy.reason": decided.reason,
      "network.transport.protocol": protocol,
      "server.address": decided.host,
      "server.port": decided.port,
      "http.request.method": methodOf(protocol, requester.method) ?? "none",
      "client.address": requester.client || "unknown",
      "network.policy.override": decided.override,
      "doorward.instance": this.#parts.instance,
      "doorward.seq": this.#seq,
      "doorward.request.id": requester.id,
      "doorward.policy.generation": decided.generation,
    };
    if (rule !== null) record["doorward.rule"] = rule;
    this.#hand(attributed(record, requester));
  }

  /** Records the end of what was let through. */
  ended(ended: Ended, requester: Requester): void {
    if (!this.isOn) return;
    const { protocol } = ended;
    this.#seq += 1;
    const record: Unattributed<CloseAudit> = {
      target: AUDIT_TARGET,
      "event.name": REQUEST_CLOSE,
      "event.timestamp": this.#timestamp(),
      "network.transport.protocol": protocol,
      "server.address": ended.host,
      "server.port": ended.port,
      "http.request.method": methodOf(protocol, requester.method) ?? "none",
      "client.address": requester.client || "unknown",
      "doorward.kind": ended.kind,
      "doorward.outcome": ended.outcome,
      "doorward.bytes.up": ended.up,
      "doorward.bytes.down": ended.down,
      "doorward.duration_ms": Math.max(0, Math.round(ended.duration)),
      "doorward.instance": this.#parts.instance,
      "doorward.seq": this.#seq,
      "doorward.request.id": requester.id,
    };
    this.#hand(attributed(record, requester));
  }

  /** A busy proxy writes many records in one millisecond. */
  #timestamp(): string {
    const at = this.#parts.now();
    if (this.#time.at !== at) this.#time = { at, text: new Date(at).toISOString() };
    return this.#time.text;
  }

  #hand(made: HappenedAudit): void {
    const { metadata } = this.#parts;
    // Behind the head, before all else.
    const record = this.#hasMetadata ? { ...headOf(made), ...metadata, ...made } : made;
    for (const sink of this.#parts.sinks) {
      try {
        sink.write(record);
      } catch {
        // A sink of the embedding program, which promised not to: counted like any other loss.
        this.#failed.set(sink, (this.#failed.get(sink) ?? 0) + 1);
      }
    }
  }
}

/** A record on its way: where it came in is still to be said. */
type Unattributed<T> = Writable<Omit<T, "doorward.listener">>;
type Writable<T> = { -readonly [K in keyof T]: T[K] };

function headOf(record: HappenedAudit): AuditHead {
  const { target, "event.name": name, "event.timestamp": at } = record;
  return { target, "event.name": name, "event.timestamp": at };
}

/** The method of a request; null where its protocol has none. A request inside a tunnel has one. */
export function methodOf(protocol: Protocol, method: string): string | null {
  return protocol.startsWith("socks5") && WORDS_OF_SOCKS.has(method) ? null : method;
}

/** What stands in place of a method where the protocol has none. */
const WORDS_OF_SOCKS: ReadonlySet<string> = new Set(["CONNECT", "UDP", "UDP_ASSOCIATE"]);

/** Says whose request it was. It is the record that was given: to make another one costs more than all that is in it. */
function attributed<T extends Partial<Omit<AuditAttribution, "doorward.listener">>>(
  record: T,
  { listener, attempt, attribution }: Requester,
): T & Pick<AuditAttribution, "doorward.listener"> {
  const { label, command, execPolicyHint } = attribution;
  const id = attempt();
  const said: Partial<Writable<AuditAttribution>> = record;
  said["doorward.listener"] = listener;
  if (id !== null) said["doorward.attempt.id"] = id;
  if (label !== null) said["doorward.label"] = label;
  if (command !== null) said["doorward.command"] = recordedCommand(command);
  if (execPolicyHint !== null) said["doorward.exec_policy_hint"] = execPolicyHint;
  return record as T & Pick<AuditAttribution, "doorward.listener">;
}
