import type { BufferPool } from "./buffer_pool.ts";

/** Reads this small, several in a row, mean that the bulk is over. */
const BULK_ENDS_BELOW = 16 * 1024;
const SMALL_READS_UNTIL_RETURN = 8;

/**
 * What a stream is read into: a small buffer while little comes, a big borrowed one while reads fill it.
 * Keeps ten thousand idle connections light and a single busy one fast.
 */
export class AdaptiveBuffer implements Disposable {
  readonly #small: Uint8Array<ArrayBuffer>;
  readonly #pool: BufferPool;
  #big: Uint8Array<ArrayBuffer> | null = null;
  #smallReads = 0;

  constructor(pool: BufferPool, smallBytes: number) {
    this.#pool = pool;
    this.#small = new Uint8Array(smallBytes);
  }

  /** What to read into now. Its bytes are done with once `filled` is called. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#big ?? this.#small;
  }

  /** Tells how much the last read brought, after it was used, `space` being what it could have brought. */
  filled(count: number, space: number): void {
    if (this.#big === null) {
      if (count === space) this.#big = this.#pool.take();
    } else if (count >= BULK_ENDS_BELOW) {
      this.#smallReads = 0;
    } else if (++this.#smallReads >= SMALL_READS_UNTIL_RETURN) {
      this[Symbol.dispose]();
    }
  }

  /** Returns what was borrowed. */
  [Symbol.dispose](): void {
    if (this.#big === null) return;
    this.#pool.give(this.#big);
    this.#big = null;
    this.#smallReads = 0;
  }
}
