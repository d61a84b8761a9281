// Sums of audit records. Nothing that a client chooses is a word here, so that there are as many sums as kinds of
// records, whatever clients ask for.
import { type HappenedAudit, POLICY_DECISION } from "../../../audit/audit_record.ts";
import { BLOCK_REASONS } from "../../../policy/decision.ts";

/** What a sum is of. */
export type Words = Readonly<Record<string, string>>;

/** A sum of one kind. */
export interface Sum {
  readonly words: Words;
  readonly value: number;
}

/** How long things of one kind lasted. */
export interface Durations {
  readonly words: Words;
  readonly count: number;
  /** In seconds, as are the others. */
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** One more than {@linkcode DURATION_BOUNDS}: the last is of what lasted longer than all of them. */
  readonly buckets: readonly number[];
}

/** Upper bounds in seconds, each of them included: a request takes milliseconds, a tunnel hours. */
export const DURATION_BOUNDS: readonly number[] = [
  ...[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  ...[300, 1800, 3600, 14_400, 86_400],
];

interface Counting {
  readonly words: Words;
  count: number;
  sum: number;
  min: number;
  max: number;
  readonly buckets: number[];
}

/** Sums of all records since the start. */
export class Measures {
  readonly #decisions = new Map<string, Sum>();
  readonly #bytes = new Map<string, Sum>();
  readonly #durations = new Map<string, Counting>();

  /** Adds a record. */
  note(record: HappenedAudit): void {
    const protocol = record["network.transport.protocol"];
    if (record["event.name"] === POLICY_DECISION) {
      add(this.#decisions, 1, {
        "network.policy.decision": record["network.policy.decision"],
        "network.policy.source": record["network.policy.source"],
        "network.policy.reason": reasonWord(record["network.policy.reason"]),
        "network.transport.protocol": protocol,
      });
      return;
    }
    const protocolWord = { "network.transport.protocol": protocol };
    add(this.#bytes, record["doorward.bytes.up"], { "doorward.direction": "up", ...protocolWord });
    add(this.#bytes, record["doorward.bytes.down"], {
      "doorward.direction": "down",
      ...protocolWord,
    });
    this.#last(record["doorward.duration_ms"] / 1000, {
      "doorward.kind": record["doorward.kind"],
      "doorward.outcome": record["doorward.outcome"],
    });
  }

  /** How often what was decided. */
  get decisions(): readonly Sum[] {
    return [...this.#decisions.values()];
  }

  /** How many bytes went which way. */
  get bytes(): readonly Sum[] {
    return [...this.#bytes.values()];
  }

  /** How long what lasted. */
  get durations(): readonly Durations[] {
    return [...this.#durations.values()];
  }

  #last(seconds: number, words: Words): void {
    const key = Object.values(words).join(" ");
    const counting = this.#durations.get(key) ?? {
      words,
      count: 0,
      sum: 0,
      min: Infinity,
      max: -Infinity,
      buckets: new Array<number>(DURATION_BOUNDS.length + 1).fill(0),
    };
    const found = DURATION_BOUNDS.findIndex((bound) => seconds <= bound);
    counting.buckets[found === -1 ? DURATION_BOUNDS.length : found]! += 1;
    counting.count += 1;
    counting.sum += seconds;
    counting.min = Math.min(counting.min, seconds);
    counting.max = Math.max(counting.max, seconds);
    this.#durations.set(key, counting);
  }
}

function add(sums: Map<string, Sum>, count: number, words: Words): void {
  const key = Object.values(words).join(" ");
  sums.set(key, { words, value: (sums.get(key)?.value ?? 0) + count });
}

/** A word of docs/reasons.md, or `allow`; what a decider says in its own words is `other`. */
function reasonWord(reason: string): string {
  return reason === "allow" || Object.hasOwn(BLOCK_REASONS, reason) ? reason : "other";
}
