import type { Finding } from "./finding.ts";
import type { Situation } from "./situation.ts";

/** One part of an examination. */
export interface Check {
  /** In lower case; programs go by it. */
  readonly name: string;
  /**
   * Looks, and changes nothing. What may wait heeds the signal, or is left alone when its time is up.
   *
   * @param signal aborted when no more time is left
   */
  readonly run: (situation: Situation, signal: AbortSignal) => Promise<readonly Finding[]>;
}
