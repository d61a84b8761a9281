/** What is worth borrowing: one read of this size carries bulk at the speed of memory. */
const BUFFER_BYTES = 256 * 1024;
/** How many are kept for the next borrower: 16 MiB. More are made when needed, and dropped after. */
const KEPT = 64;

/** Big buffers that connections borrow while they carry bulk, so that idle ones hold little. */
export class BufferPool {
  readonly #free: Uint8Array<ArrayBuffer>[] = [];

  /** A buffer of 256 KiB, with old bytes in it. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#free.pop() ?? new Uint8Array(BUFFER_BYTES);
  }

  /** Returns a buffer. The caller must not touch it again. */
  give(buffer: Uint8Array<ArrayBuffer>): void {
    if (this.#free.length < KEPT) this.#free.push(buffer);
  }
}
