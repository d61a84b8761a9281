import type { Clock } from "../../src/net/ports.ts";

/** A clock that moves only when told to. */
export class FakeClock implements Clock {
  #elapsed = 0;
  #jumped = 0;
  readonly #sleepers = new Set<Sleeper>();

  constructor(readonly start = Date.UTC(2026, 0, 1)) {}

  /** How many waits are under way. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  now(): number {
    return this.start + this.#jumped + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  wait(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (signal.aborted) {
      reject(signal.reason);
      return promise;
    }
    const stop = () => {
      this.#sleepers.delete(sleeper);
      reject(signal.reason);
    };
    const sleeper: Sleeper = {
      due: this.#elapsed + ms,
      wake: () => {
        signal.removeEventListener("abort", stop);
        resolve();
      },
    };
    signal.addEventListener("abort", stop, { once: true });
    this.#sleepers.add(sleeper);
    return promise;
  }

  /** Sets the time of day, as people and time servers do. Nobody waits longer or shorter for that. */
  jump(ms: number): void {
    this.#jumped += ms;
  }

  /** Moves time on, waking sleepers in the order they fall due. */
  advance(ms: number): void {
    this.#elapsed += ms;
    const due = [...this.#sleepers].filter((sleeper) => sleeper.due <= this.#elapsed);
    for (const sleeper of due.sort((a, b) => a.due - b.due)) {
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }
}

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}
