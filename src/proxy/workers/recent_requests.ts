/** Requests that were decided last, at most: few are under way between a decision and what comes of it. */
const RECENT_MAX = 256;

/**
 * What was said of the requests that were decided last, by their numbers. Both sides remember the same ones, for they
 * hear of them in the same order: so nothing has to be said twice.
 */
export class RecentRequests<T> {
  readonly #known = new Map<number, T>();

  /** Remembers one; the oldest is forgotten for it. */
  add(id: number, said: T): void {
    this.#known.set(id, said);
    if (this.#known.size > RECENT_MAX) this.#known.delete(this.#known.keys().next().value!);
  }

  /** What was said of one; undefined for one that is not remembered. */
  of(id: number): T | undefined {
    return this.#known.get(id);
  }
}
