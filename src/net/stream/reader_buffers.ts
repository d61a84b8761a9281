/** What a waiting connection holds: most heads fit, and ten thousand idle ones cost 20 MiB. */
export const SMALL_BYTES = 2048;

/** Left free in front of what is read: room for a line or two that a head is to have besides. */
export const FRONT_BYTES = 64;

/** Kept for readers to come: as many as connections that come and go at once. */
const KEPT = 256;

/** Buffers that readers have done with. To make one costs more than to read a head into it. */
export class ReaderBuffers {
  readonly #free: Uint8Array<ArrayBuffer>[] = [];

  /** One with old bytes in it. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#free.pop() ?? roomFor(SMALL_BYTES);
  }

  /** Returns one. The caller must not touch it again. */
  give(buffer: Uint8Array<ArrayBuffer>): void {
    if (this.#free.length < KEPT) this.#free.push(buffer);
  }
}

/** A buffer with room for so many bytes behind what is left free. */
export function roomFor(bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(FRONT_BYTES + bytes);
}
