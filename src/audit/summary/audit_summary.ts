import {
  type AuditRecord,
  type CloseAudit,
  type DecisionAudit,
  POLICY_DECISION,
  RECORDS_LOST,
} from "../audit_record.ts";

/** Hosts that are told apart: those that came first. A client may ask for any number. */
export const HOSTS_MAX = 1000;
/** Reasons that are told apart: a decider may give any. */
const REASONS_MAX = 100;
/** What stands for those beyond. */
export const OTHER_REASONS = "other";

/** How requests were decided, and what went through. */
export interface Traffic {
  readonly allowed: number;
  /** Of those, how many by somebody who was asked. */
  readonly overridden: number;
  readonly blocked: number;
  /** Those that nobody answered. */
  readonly asked: number;
  readonly bytes_up: number;
  readonly bytes_down: number;
  /** All together, though much of it was at once. */
  readonly duration_ms: number;
}

/** The traffic of one host and port. */
export interface HostTraffic extends Traffic {
  readonly host: string;
  readonly port: number;
  /** How often it was blocked, or asked about, for which reason. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** What some audit records come to. */
export interface Summary {
  readonly records: number;
  /** The times of the earliest and of the latest; null where there is none. */
  readonly first: string | null;
  readonly last: string | null;
  readonly total: Traffic;
  /** Those with most requests first. */
  readonly hosts: readonly HostTraffic[];
  /** What went to hosts that are not told apart. */
  readonly other_hosts: Traffic;
  /** How often something was blocked, or asked about, for which reason; the most frequent first. */
  readonly reasons: readonly { readonly reason: string; readonly count: number }[];
  /** How many records are known to be lost. */
  readonly lost: number;
  /** How many lines are no records, and the first of them. */
  readonly broken: number;
  readonly first_broken: string | null;
}

/** Which records are summed up. */
export interface SummaryFilter {
  /** Those not before this time, in Unix milliseconds; null for all. */
  readonly since: number | null;
  /** Those of runs with this name; null for all. */
  readonly label: string | null;
}

type Counting<T> = { -readonly [K in keyof T]: T[K] };

/** A host while it is counted. */
interface HostCounting {
  readonly host: string;
  readonly port: number;
  readonly traffic: Counting<Traffic>;
  readonly reasons: Map<string, number>;
}

/** Sums records up. What it holds is bounded. */
export class AuditSummary {
  readonly #filter: SummaryFilter;
  readonly #total = none();
  readonly #others = none();
  readonly #hosts = new Map<string, HostCounting>();
  readonly #reasons = new Map<string, number>();
  #records = 0;
  #lost = 0;
  #broken = 0;
  #firstBroken: string | null = null;
  #first: string | null = null;
  #last: string | null = null;

  constructor(filter: SummaryFilter) {
    this.#filter = filter;
  }

  /** Adds a record. */
  add(record: AuditRecord): void {
    if (!this.#isMeant(record)) return;
    const at = record["event.timestamp"];
    this.#records += 1;
    // Of one form, so that they compare as text.
    if (this.#first === null || at < this.#first) this.#first = at;
    if (this.#last === null || at > this.#last) this.#last = at;
    if (record["event.name"] === RECORDS_LOST) this.#lost += record["doorward.lost"];
    else if (record["event.name"] === POLICY_DECISION) this.#decision(record);
    else this.#close(record);
  }

  /** Adds a line that is no record. */
  addBroken(place: string): void {
    this.#broken += 1;
    this.#firstBroken ??= place;
  }

  /** What it comes to so far. */
  get summary(): Summary {
    const hosts = [...this.#hosts.values()].map(({ traffic, reasons, ...place }) => ({
      ...place,
      ...traffic,
      reasons: Object.fromEntries(reasons),
    }));
    const reasons = [...this.#reasons].map(([reason, count]) => ({ reason, count }));
    return {
      records: this.#records,
      first: this.#first,
      last: this.#last,
      total: this.#total,
      hosts: hosts.sort((a, b) => requestsOf(b) - requestsOf(a)),
      other_hosts: this.#others,
      reasons: reasons.sort((a, b) => b.count - a.count),
      lost: this.#lost,
      broken: this.#broken,
      first_broken: this.#firstBroken,
    };
  }

  #isMeant(record: AuditRecord): boolean {
    const { since, label } = this.#filter;
    if (since !== null && Date.parse(record["event.timestamp"]) < since) return false;
    // Whose records are lost nobody knows.
    if (label === null || record["event.name"] === RECORDS_LOST) return true;
    return record["doorward.label"] === label;
  }

  #decision(record: DecisionAudit): void {
    const { "network.policy.decision": decision, "network.policy.reason": reason } = record;
    const host = this.#host(record);
    for (const traffic of [this.#total, host?.traffic ?? this.#others]) {
      if (decision === "allow") {
        traffic.allowed += 1;
        if (record["network.policy.override"]) traffic.overridden += 1;
      } else if (decision === "ask") {
        traffic.asked += 1;
      } else {
        traffic.blocked += 1;
      }
    }
    if (decision === "allow") return;
    countReason(this.#reasons, reason);
    if (host !== null) countReason(host.reasons, reason);
  }

  #close(record: CloseAudit): void {
    for (const traffic of [this.#total, this.#host(record)?.traffic ?? this.#others]) {
      traffic.bytes_up += record["doorward.bytes.up"];
      traffic.bytes_down += record["doorward.bytes.down"];
      traffic.duration_ms += record["doorward.duration_ms"];
    }
  }

  /** Null where there are too many. */
  #host(record: DecisionAudit | CloseAudit): HostCounting | null {
    const { "server.address": host, "server.port": port } = record;
    const key = `${port} ${host}`;
    const found = this.#hosts.get(key);
    if (found !== undefined) return found;
    if (this.#hosts.size >= HOSTS_MAX) return null;
    const begun = { host, port, traffic: none(), reasons: new Map<string, number>() };
    this.#hosts.set(key, begun);
    return begun;
  }
}

/** How many requests there were. */
export function requestsOf({ allowed, blocked, asked }: Traffic): number {
  return allowed + blocked + asked;
}

function countReason(reasons: Map<string, number>, reason: string): void {
  const isKnown = reasons.has(reason) || reasons.size < REASONS_MAX;
  const key = isKnown ? reason : OTHER_REASONS;
  reasons.set(key, (reasons.get(key) ?? 0) + 1);
}

function none(): Counting<Traffic> {
  return {
    allowed: 0,
    overridden: 0,
    blocked: 0,
    asked: 0,
    bytes_up: 0,
    bytes_down: 0,
    duration_ms: 0,
  };
}
