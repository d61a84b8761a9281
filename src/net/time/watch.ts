import type { Deadline, Deadlines } from "./deadlines.ts";

/** The one time limit that a connection is under at a time; which one changes as it goes on. */
export class Watch {
  readonly #deadline: Deadline;
  #ms: number;
  #expire: () => void;

  constructor(deadlines: Deadlines, ms: number, expire: () => void) {
    this.#ms = ms;
    this.#expire = expire;
    this.#deadline = deadlines.arm(ms, () => this.#expire());
  }

  /** Starts another limit in place of the present one, which may have passed. */
  set(ms: number, expire: () => void): void {
    this.#ms = ms;
    this.#expire = expire;
    this.#deadline.extend(ms);
  }

  /** Starts the present limit again, from now: something moved. */
  touch(): void {
    this.#deadline.extend(this.#ms);
  }

  /** Ends it for good. */
  end(): void {
    this.#deadline.clear();
  }
}
