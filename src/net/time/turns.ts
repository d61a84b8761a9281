import type { Clock } from "../ports.ts";

/** How long a turn lasts while others wait, at least; at most twice that. */
const TURN_MS = 1;

/** A turn that somebody has: which look at the clock it began after. */
export type Turn = number;

/**
 * Lets some work at a time, and the others wait in the order in which they came. Without it a few of many busy
 * connections are served over and over while others wait for tenths of a second. Those who wait begin in groups, of half
 * of them that may work: what is sent to one and the same server in one go wakes it once.
 *
 * It holds nobody up for long: who takes longer than a millisecond waits for somebody else, and others begin meanwhile.
 */
export class Turns {
  readonly #clock: Clock;
  readonly #group: number;
  #free: number;
  /** Those who wait, from `#first` on. */
  #waiting: ((turn: Turn) => void)[] = [];
  #first = 0;
  #look: Turn = 0;
  /** How many turns began after the last look, and how many after the one before. */
  #young = 0;
  #old = 0;
  #isLooking = false;

  /** @param count how many work at a time */
  constructor(clock: Clock, count: number) {
    this.#clock = clock;
    this.#free = count;
    this.#group = Math.ceil(count / 2);
  }

  /** A turn, where there is one to be had at once; else null. */
  take(): Turn | null {
    if (this.#free === 0 || this.#waiting.length > 0) return null;
    this.#free -= 1;
    this.#young += 1;
    return this.#look;
  }

  /** Waits for a turn. */
  wait(): Promise<Turn> {
    const { promise, resolve } = Promise.withResolvers<Turn>();
    this.#waiting.push(resolve);
    if (!this.#isLooking) this.#goOnLooking();
    return promise;
  }

  /** Ends a turn, which may have been given to another by then. */
  end(turn: Turn): void {
    if (turn === this.#look) this.#young -= 1;
    else if (turn === this.#look - 1) this.#old -= 1;
    else return;
    this.#free += 1;
    if (this.#free >= this.#group) this.#begin();
  }

  /** Gives all that is free to those who wait. */
  #begin(): void {
    while (this.#free > 0 && this.#waiting.length > 0) {
      const next = this.#waiting[this.#first]!;
      this.#first += 1;
      // Under load there is always somebody who waits: those who have begun must not be kept until there is not.
      if (this.#first * 2 >= this.#waiting.length) {
        this.#waiting = this.#waiting.slice(this.#first);
        this.#first = 0;
      }
      this.#free -= 1;
      this.#young += 1;
      next(this.#look);
    }
  }

  async #goOnLooking(): Promise<void> {
    this.#isLooking = true;
    while (this.#waiting.length > 0) {
      await this.#clock.wait(TURN_MS, NEVER);
      this.#free += this.#old;
      this.#old = this.#young;
      this.#young = 0;
      this.#look += 1;
      this.#begin();
    }
    this.#isLooking = false;
  }
}

/** It ends by itself, with those who wait. */
const NEVER = new AbortController().signal;
