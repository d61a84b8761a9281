import type { Clock } from "../../net/ports.ts";

/** Records that one client may cause at once: what a page asks for is blocked in one go. */
export const RECORDS_BURST = 64;

/** Records after that. Datagrams cost a client nothing: it could fill a disk with what is written of them. */
export const RECORDS_A_SECOND = 16;

/** How many records one client may still cause. What is beyond is counted, to be told in one line. */
export class RecordBudget {
  readonly #clock: Pick<Clock, "monotonic">;
  #left = RECORDS_BURST;
  #filledAt: number;
  #leftOut = 0;

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
    this.#filledAt = clock.monotonic();
  }

  /** Takes one record. False when there is none left: it is counted as left out. */
  take(): boolean {
    this.#fill();
    if (this.#left === 0) {
      this.#leftOut += 1;
      return false;
    }
    this.#left -= 1;
    return true;
  }

  /** How many were left out since this was asked last. */
  takeLeftOut(): number {
    const leftOut = this.#leftOut;
    this.#leftOut = 0;
    return leftOut;
  }

  /** In whole seconds, so that in a flood the line about what was left out comes once a second. */
  #fill(): void {
    const seconds = Math.floor((this.#clock.monotonic() - this.#filledAt) / 1000);
    this.#filledAt += seconds * 1000;
    this.#left = Math.min(RECORDS_BURST, this.#left + seconds * RECORDS_A_SECOND);
  }
}
