import type { Clock } from "../ports.ts";

/** How often deadlines are looked at. They pass up to this much late: none of them needs better. */
const TICK_MS = 250;

/** A wait that ends. */
export interface Deadline {
  /** Starts the wait again, from now, also when it has passed; not when it was cleared. */
  extend(ms: number): void;
  /** Forgets it for good. Safe to call twice, and after it has passed. */
  clear(): void;
}

/**
 * Every time limit of a proxy on one coarse tick, so that ten thousand connections cost no timers, and
 * putting one off costs a look at the clock. Nothing runs while nothing is armed.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #armed = new Set<Entry>();
  #ticking: AbortController | null = null;

  readonly #failed: (error: unknown) => void;

  /** @param failed told of a callback that threw: a bug, but one that must not end anybody else's limits */
  constructor(clock: Clock, failed: (error: unknown) => void) {
    this.#clock = clock;
    this.#failed = failed;
  }

  /** Calls `expire` once, `ms` from now or up to a tick later, unless cleared before. */
  arm(ms: number, expire: () => void): Deadline {
    const entry: Entry = { due: 0, cleared: false, expire };
    this.#put(entry, ms);
    return {
      extend: (ms: number): void => {
        if (!entry.cleared) this.#put(entry, ms);
      },
      clear: (): void => {
        entry.cleared = true;
        this.#armed.delete(entry);
      },
    };
  }

  /** Forgets every deadline and stops the tick. */
  stop(): void {
    for (const entry of this.#armed) entry.cleared = true;
    this.#armed.clear();
    this.#ticking?.abort();
    this.#ticking = null;
  }

  #put(entry: Entry, ms: number): void {
    entry.due = this.#clock.monotonic() + ms;
    this.#armed.add(entry);
    if (this.#ticking !== null) return;
    this.#ticking = new AbortController();
    this.#tick(this.#ticking).catch(() => {
      // Aborted by stop(): there is nothing left to look at.
    });
  }

  async #tick(ticking: AbortController): Promise<void> {
    while (this.#armed.size > 0) {
      await this.#clock.wait(TICK_MS, ticking.signal);
      this.#expire(this.#clock.monotonic());
    }
    if (this.#ticking === ticking) this.#ticking = null;
  }

  #expire(now: number): void {
    const passed: Entry[] = [];
    for (const entry of this.#armed) {
      if (entry.due <= now) passed.push(entry);
    }
    for (const entry of passed) {
      // One that expires may put off or clear the next.
      if (entry.due > now || !this.#armed.delete(entry)) continue;
      try {
        entry.expire();
      } catch (error) {
        this.#failed(error);
      }
    }
  }
}

interface Entry {
  due: number;
  cleared: boolean;
  readonly expire: () => void;
}
