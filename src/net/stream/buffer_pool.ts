import { ReaderBuffers } from "./reader_buffers.ts";

/** What is worth borrowing: one read of this size carries bulk at the speed of memory. */
const BIG_BYTES = 256 * 1024;
/** How many are kept for the next borrower: 16 MiB. More are made when needed, and dropped after. */
const KEPT = 64;
/** How many are lent at once: 64 MiB. A peer that stops reading keeps one for as long as it likes. */
const LENT_MAX = 256;
/** What everybody else gets meanwhile: eight thousand stalled readers hold a quarter of a GiB. */
const MODEST_BYTES = 32 * 1024;

/** Big buffers that connections borrow while they carry bulk, so that idle ones hold little; and those of their readers. */
export class BufferPool {
  readonly readers = new ReaderBuffers();
  readonly #free: Uint8Array<ArrayBuffer>[] = [];
  #lent = 0;

  /** A buffer with old bytes in it: of 256 KiB, or of 32 KiB while too many of those are out. */
  take(): Uint8Array<ArrayBuffer> {
    if (this.#lent === LENT_MAX) return new Uint8Array(MODEST_BYTES);
    this.#lent += 1;
    return this.#free.pop() ?? new Uint8Array(BIG_BYTES);
  }

  /** Returns a buffer. The caller must not touch it again. */
  give(buffer: Uint8Array<ArrayBuffer>): void {
    if (buffer.length < BIG_BYTES) return;
    this.#lent -= 1;
    if (this.#free.length < KEPT) this.#free.push(buffer);
  }
}
