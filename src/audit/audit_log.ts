import type { DecisionSource } from "../policy/decision.ts";
import type { Protocol } from "../policy/request.ts";
import { type Attribution, recordedCommand } from "./attribution.ts";
import {
  AUDIT_TARGET,
  type AuditAttribution,
  type AuditEndpoints,
  type AuditHead,
  type AuditMetadata,
  type AuditPlace,
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

  constructor(parts: AuditLogParts) {
    this.#parts = parts;
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
    const { rule } = decided;
    const record: DecisionAudit = {
      ...this.#head(POLICY_DECISION),
      "network.policy.scope": decided.scope,
      "network.policy.decision": decided.decision,
      "network.policy.source": decided.source,
      "network.policy.reason": decided.reason,
      ...endpoints(decided, requester),
      "network.policy.override": decided.override,
      ...this.#place(),
      "doorward.request.id": requester.id,
      "doorward.policy.generation": decided.generation,
      ...(rule === null ? NOTHING : { "doorward.rule": rule }),
      ...attributionFields(requester),
    };
    this.#hand(record);
  }

  /** Records the end of what was let through. */
  ended(ended: Ended, requester: Requester): void {
    if (!this.isOn) return;
    const record: CloseAudit = {
      ...this.#head(REQUEST_CLOSE),
      ...endpoints(ended, requester),
      "doorward.kind": ended.kind,
      "doorward.outcome": ended.outcome,
      "doorward.bytes.up": ended.up,
      "doorward.bytes.down": ended.down,
      "doorward.duration_ms": Math.max(0, Math.round(ended.duration)),
      ...this.#place(),
      "doorward.request.id": requester.id,
      ...attributionFields(requester),
    };
    this.#hand(record);
  }

  #head<Name extends string>(name: Name): AuditHead & { readonly "event.name": Name } {
    return {
      target: AUDIT_TARGET,
      "event.name": name,
      "event.timestamp": this.#timestamp(),
      ...this.#parts.metadata,
    };
  }

  #place(): AuditPlace {
    this.#seq += 1;
    return { "doorward.instance": this.#parts.instance, "doorward.seq": this.#seq };
  }

  /** A busy proxy writes many records in one millisecond. */
  #timestamp(): string {
    const at = this.#parts.now();
    if (this.#time.at !== at) this.#time = { at, text: new Date(at).toISOString() };
    return this.#time.text;
  }

  #hand(record: HappenedAudit): void {
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

const NOTHING = {};

function endpoints(
  { protocol, host, port }: Destination,
  { client, method }: Requester,
): AuditEndpoints {
  return {
    "network.transport.protocol": protocol,
    "server.address": host,
    "server.port": port,
    "http.request.method": methodOf(protocol, method) ?? "none",
    "client.address": client === "" ? "unknown" : client,
  };
}

/** The method of a request; null where its protocol has none. A request inside a tunnel has one. */
export function methodOf(protocol: Protocol, method: string): string | null {
  return protocol.startsWith("socks5") && WORDS_OF_SOCKS.has(method) ? null : method;
}

/** What stands in place of a method where the protocol has none. */
const WORDS_OF_SOCKS: ReadonlySet<string> = new Set(["CONNECT", "UDP", "UDP_ASSOCIATE"]);

function attributionFields({ listener, attempt, attribution }: Requester): AuditAttribution {
  const { label, command, execPolicyHint } = attribution;
  const id = attempt();
  return {
    "doorward.listener": listener,
    ...(id === null ? NOTHING : { "doorward.attempt.id": id }),
    ...(label === null ? NOTHING : { "doorward.label": label }),
    ...(command === null ? NOTHING : { "doorward.command": recordedCommand(command) }),
    ...(execPolicyHint === null ? NOTHING : { "doorward.exec_policy_hint": execPolicyHint }),
  };
}
