import { BufferPool } from "../../src/net/stream/buffer_pool.ts";

/** A pool that counts what is out. */
export class CountingPool extends BufferPool {
  /** How many are out now. */
  borrowed = 0;
  /** How many were out at once, at most. */
  most = 0;

  override take(): Uint8Array<ArrayBuffer> {
    this.borrowed += 1;
    this.most = Math.max(this.most, this.borrowed);
    return super.take();
  }

  override give(buffer: Uint8Array<ArrayBuffer>): void {
    this.borrowed -= 1;
    super.give(buffer);
  }
}
