import type { Clock } from "../../src/net/ports.ts";

/** A clock that moves only when told to. */
export class FakeClock implements Clock {
  #elapsed = 0;
  #sleepers: { due: number; wake: () => void }[] = [];

  constructor(readonly start = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.start + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  wait(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), {
      once: true,
    });
    this.#sleepers.push({ due: this.#elapsed + ms, wake: resolve });
    return promise;
  }

  /** Moves time on, waking sleepers in the order they fall due. */
  advance(ms: number): void {
    this.#elapsed += ms;
    const due = this.#sleepers.filter((sleeper) => sleeper.due <= this.#elapsed);
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.due > this.#elapsed);
    for (const sleeper of due.sort((a, b) => a.due - b.due)) sleeper.wake();
  }
}
