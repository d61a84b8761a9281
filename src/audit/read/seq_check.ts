import { type AuditRecord, RECORDS_LOST } from "../audit_record.ts";

/** Follows the numbers of the records of each instance. */
export class SeqCheck {
  readonly #mayBeCut: boolean;
  readonly #instances = new Map<string, Instance>();

  /** @param mayBeCut whether older records may be gone because newer ones took their place */
  constructor(mayBeCut: boolean) {
    this.#mayBeCut = mayBeCut;
  }

  /** How many proxies have written. */
  get instances(): number {
    return this.#instances.size;
  }

  /** Judges the next record. Returns what is wrong with it, as a clause, or null. */
  add(record: AuditRecord): string | null {
    const id = record["doorward.instance"];
    const instance = this.#instances.get(id) ?? { last: this.#mayBeCut ? null : 0, lost: 0 };
    this.#instances.set(id, instance);
    if (record["event.name"] === RECORDS_LOST) {
      instance.lost += record["doorward.lost"];
      return null;
    }
    const { last, lost } = instance;
    const seq = record["doorward.seq"];
    instance.last = seq;
    instance.lost = 0;
    if (last === null) return null;
    if (seq <= last) return `its number goes back from ${last} to ${seq}`;
    const missing = seq - last - 1;
    if (missing <= lost) return null;
    const known = lost === 0 ? "" : `, ${lost} of them known to be lost`;
    const what = missing === 1 ? "1 record is" : `${missing} records are`;
    return `its number jumps from ${last} to ${seq}: ${what} missing${known}`;
  }
}

interface Instance {
  /** Null before the first. */
  last: number | null;
  lost: number;
}
