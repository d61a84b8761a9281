// What the two sides of a run say to each other: whoever counts, and the worker that does it.
import type { Fuzzed } from "./fuzz.ts";

/** What a worker is to do. */
export interface Job {
  readonly parser: string;
  readonly seed: number;
  readonly inputs: number;
  readonly seconds: number;
  /** One number: how many inputs were begun. The one side writes, and the other looks on. */
  readonly begun: Int32Array<SharedArrayBuffer>;
}

/** What it answers, once. */
export interface Answer extends Fuzzed {
  readonly ms: number;
}
