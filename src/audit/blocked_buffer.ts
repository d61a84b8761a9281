// What happened, as data: records of blocked requests, kept and printed. Knows no sockets and no files.
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
  #total = 0;

  /** @param capacity how many are kept; the oldest go first */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** How many there ever were. */
  get total(): number {
    return this.#total;
  }

  /** Adds one. */
  push(record: BlockedRecord): void {
    this.#total += 1;
    this.#records.push({ ...record, seq: this.#total });
    if (this.#records.length > this.#capacity) this.#records.shift();
  }

  /** Those kept with a number above `seq`. */
  after(seq = 0): readonly NumberedRecord[] {
    return this.#records.filter((record) => record.seq > seq);
  }
}
