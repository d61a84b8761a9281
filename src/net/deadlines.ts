import type { Clock } from "./ports.ts";

/** How often deadlines are looked at. They end up to this much late: none of them needs better. */
const TICK_MS = 250;

/** A wait that ends. */
export interface Deadline {
  /** Starts the wait again, from now. */
  extend(ms: number): void;
  /** Forgets it. Safe to call twice, and after it has passed. */
  clear(): void;
}

/**
 * Every time limit of a proxy on one coarse tick, so that ten thousand connections cost no timers, and
 * putting one off costs an assignment. Nothing runs while nothing is armed.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #armed = new Set<Entry>();
  #now = 0;
  #ticking: AbortController | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `expire` once, `ms` from now or up to two ticks later, unless cleared before. */
  arm(ms: number, expire: () => void): Deadline {
    if (this.#ticking === null) this.#start();
    const entry: Entry = { due: this.#now + ms + TICK_MS, expire };
    this.#armed.add(entry);
    return {
      extend: (ms: number): void => {
        entry.due = this.#now + ms + TICK_MS;
      },
      clear: (): void => {
        this.#armed.delete(entry);
      },
    };
  }

  /** Forgets every deadline and stops the tick. */
  stop(): void {
    this.#armed.clear();
    this.#ticking?.abort();
    this.#ticking = null;
  }

  #start(): void {
    const ticking = new AbortController();
    this.#ticking = ticking;
    this.#now = this.#clock.monotonic();
    this.#tick(ticking).catch(() => {
      // Aborted by stop(): there is nothing left to look at.
    });
  }

  async #tick(ticking: AbortController): Promise<void> {
    while (this.#armed.size > 0) {
      await this.#clock.wait(TICK_MS, ticking.signal);
      this.#now = this.#clock.monotonic();
      for (const entry of this.#armed) {
        if (entry.due > this.#now) continue;
        this.#armed.delete(entry);
        entry.expire();
      }
    }
    if (this.#ticking === ticking) this.#ticking = null;
  }
}

interface Entry {
  due: number;
  readonly expire: () => void;
}
