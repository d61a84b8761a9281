import type { Clock } from "../../net/ports.ts";

/** How long a no is remembered: a program that is refused tries again at once. */
export const REMEMBERED_MS = 30_000;

/** Answers remembered at most; each was given by a person, the oldest goes first. */
const DENIALS_MAX = 1000;

/** What was said no to a moment ago. Nobody is asked the same again so soon. */
export class Denials {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #denied = new Map<string, { readonly why: string; readonly until: number }>();

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
  }

  /** Remembers a no. */
  add(what: string, why: string): void {
    this.#denied.delete(what);
    this.#denied.set(what, { why, until: this.#clock.monotonic() + REMEMBERED_MS });
    if (this.#denied.size > DENIALS_MAX) this.#denied.delete(this.#denied.keys().next().value!);
  }

  /** Why it was said no to; null when it was not, or long ago. */
  of(what: string): string | null {
    const denial = this.#denied.get(what);
    if (denial === undefined) return null;
    if (denial.until > this.#clock.monotonic()) return denial.why;
    this.#denied.delete(what);
    return null;
  }
}
