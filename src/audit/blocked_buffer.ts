// What happened, as data: records of blocked requests, kept and printed. Knows no sockets and no files.
import type { BlockReason } from "../policy/decision.ts";
import type { BlockedRecord } from "./blocked_record.ts";

/** A record and its place in the order of events. */
export interface NumberedRecord extends BlockedRecord {
  /** From 1, without gaps. */
  readonly seq: number;
}

/** The newest blocked requests, oldest first. Reading takes nothing away. */
export class BlockedBuffer {
  readonly #capacity: number;
  readonly #records: NumberedRecord[] = [];
  readonly #counts = new Map<BlockReason, number>();
  #total = 0;

  /** @param capacity how many are kept; the oldest go first */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** How many there ever were. */
  get total(): number {
    return this.#total;
  }

  /** How many there ever were of each reason. */
  get counts(): Readonly<Partial<Record<BlockReason, number>>> {
    return Object.fromEntries(this.#counts);
  }

  /** Adds one, and counts it by `reason`: the record may have a word of its own. Returns it with its number. */
  push(record: BlockedRecord, reason: BlockReason): NumberedRecord {
    this.#total += 1;
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
    const numbered = { ...record, seq: this.#total };
    this.#records.push(numbered);
    if (this.#records.length > this.#capacity) this.#records.shift();
    return numbered;
  }

  /** Those kept with a number above `seq`. */
  after(seq = 0): readonly NumberedRecord[] {
    return this.#records.filter((record) => record.seq > seq);
  }
}
