import {
  type CloseAudit,
  type DecisionAudit,
  type HappenedAudit,
  POLICY_DECISION,
} from "../../audit/audit_record.ts";
import type { AuditSink } from "../../audit/audit_sink.ts";
import type { Protocol } from "../../policy/request.ts";

/** Places that are told apart: those that came first. A command may ask for any number. */
export const PLACES_MAX = 1000;

/** Methods that are told apart: a command may make up any number. */
const METHODS: ReadonlySet<string> = new Set([
  ...["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"],
]);
/** What stands for the others. */
export const OTHER_METHOD = "another method";

/** What a command did at one port of one host. */
export interface Observed {
  /** Without brackets; `unix-socket` for every unix socket. */
  readonly host: string;
  /** 0 for a unix socket. */
  readonly port: number;
  /** When it was first asked for: RFC 3339, UTC. */
  readonly first: string;
  /** How often it was let through. */
  readonly allowed: number;
  /** How many of these came to nothing: no connection, or one that was refused for what it carried. */
  readonly futile: number;
  readonly protocols: ReadonlySet<Protocol>;
  /** The methods that were seen, {@linkcode OTHER_METHOD} for uncommon ones. */
  readonly methods: ReadonlySet<string>;
  /** How many tunnels and destinations of datagrams were not looked into. */
  readonly unseen: number;
  /** Whether a request that only reads by its method had a body, or left HTTP. */
  readonly withBody: boolean;
  readonly upgraded: boolean;
  readonly up: number;
  readonly down: number;
  /** How often it was blocked, for which reason. */
  readonly blocked: ReadonlyMap<string, number>;
}

/** All that was seen of a command. */
export interface Seen {
  /** In the order in which they were first asked for. */
  readonly places: readonly Observed[];
  /** Requests to further places. */
  readonly beyond: number;
}

type Counting = {
  -readonly [K in keyof Observed]: Observed[K] extends ReadonlySet<infer T> ? Set<T>
    : Observed[K] extends ReadonlyMap<infer K, infer V> ? Map<K, V>
    : Observed[K];
};

/** Takes audit records, and keeps what a policy needs to know: hosts and methods, and never a path. */
export class Observations implements AuditSink {
  readonly name = "learn";
  readonly lost = 0;
  readonly #places = new Map<string, Counting>();
  /** Of what was let through and is not over, by the number of the request. */
  readonly #open = new Map<number, Counting>();
  #beyond = 0;

  /** Adds a record. */
  write(record: HappenedAudit): void {
    if (record["event.name"] === POLICY_DECISION) this.#decision(record);
    else this.#close(record);
  }

  /** Nothing is held back. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  /** What was seen so far. */
  get seen(): Seen {
    return { places: [...this.#places.values()], beyond: this.#beyond };
  }

  #decision(record: DecisionAudit): void {
    const { "doorward.request.id": id, "network.policy.reason": reason } = record;
    const place = this.#place(record);
    if (record["network.policy.decision"] !== "allow") {
      // A tunnel that was let through, and was refused for what it carried.
      const opened = this.#open.get(id);
      if (opened !== undefined) opened.futile += 1;
      place?.blocked.set(reason, (place.blocked.get(reason) ?? 0) + 1);
      return;
    }
    if (place === null) return;
    this.#open.set(id, place);
    const { "network.transport.protocol": protocol, "http.request.method": method } = record;
    place.allowed += 1;
    place.protocols.add(protocol);
    if (isSeen(protocol, method)) place.methods.add(METHODS.has(method) ? method : OTHER_METHOD);
    else place.unseen += 1;
  }

  #close(record: CloseAudit): void {
    const { "doorward.request.id": id, "doorward.bytes.up": up, "doorward.bytes.down": down } =
      record;
    const place = this.#open.get(id);
    this.#open.delete(id);
    if (place === undefined) return;
    place.up += up;
    place.down += down;
    if (record["doorward.outcome"] === "failed" && up + down === 0) place.futile += 1;
    const { "network.transport.protocol": protocol, "http.request.method": method } = record;
    if (!isSeen(protocol, method)) return;
    if (record["doorward.kind"] === "tunnel") place.upgraded = true;
    else if (up > 0) place.withBody = true;
  }

  /** Null where there are too many. */
  #place(record: DecisionAudit): Counting | null {
    const { "server.address": host, "server.port": port, "event.timestamp": first } = record;
    const key = `${port} ${host}`;
    const found = this.#places.get(key);
    if (found !== undefined) return found;
    if (this.#places.size >= PLACES_MAX) {
      this.#beyond += 1;
      return null;
    }
    const begun = { ...nothing(), host, port, first };
    this.#places.set(key, begun);
    return begun;
  }
}

/** Whether a record is about a request that was seen, and not about what carries some. */
function isSeen(protocol: Protocol, method: string): boolean {
  return protocol === "http" || (method !== "CONNECT" && method !== "none");
}

function nothing(): Omit<Counting, "host" | "port" | "first"> {
  return {
    allowed: 0,
    futile: 0,
    protocols: new Set(),
    methods: new Set(),
    unseen: 0,
    withBody: false,
    upgraded: false,
    up: 0,
    down: 0,
    blocked: new Map(),
  };
}
