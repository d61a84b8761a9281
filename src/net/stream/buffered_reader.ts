import type { ByteStream } from "./stream.ts";

/** What a waiting connection holds: most heads fit, and ten thousand idle ones cost 20 MiB. */
const SMALL_BYTES = 2048;

/** Reads ahead on a stream, so that a head can be looked at before it is taken. */
export class BufferedReader {
  readonly #stream: ByteStream;
  #buffer: Uint8Array<ArrayBuffer> = new Uint8Array(SMALL_BYTES);
  #start = 0;
  #end = 0;

  constructor(stream: ByteStream) {
    this.#stream = stream;
  }

  /** The bytes read but not yet taken. The view is good until the next `fill` or `read`. */
  get buffered(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /**
   * Reads more behind what is buffered. Resolves to false at the end of the stream. The buffer grows as
   * needed: the caller sets the ceiling, by not asking for more. One at a time: until it resolves, only
   * `buffered` may be looked at.
   */
  async fill(): Promise<boolean> {
    this.#makeRoom();
    const count = await this.#stream.read(this.#buffer.subarray(this.#end));
    if (count === null) return false;
    this.#end += count;
    return true;
  }

  /** Takes `count` of the buffered bytes. */
  consume(count: number): void {
    this.#start += count;
    if (this.#start < this.#end) return;
    this.#start = 0;
    this.#end = 0;
    if (this.#buffer.length > SMALL_BYTES) this.#buffer = new Uint8Array(SMALL_BYTES);
  }

  /** Takes what is buffered, else reads from the stream; at most `into.length` bytes. Null at the end. */
  async read(into: Uint8Array): Promise<number | null> {
    const ready = this.#end - this.#start;
    if (ready === 0) return await this.#stream.read(into);
    const count = Math.min(ready, into.length);
    into.set(this.#buffer.subarray(this.#start, this.#start + count));
    this.consume(count);
    return count;
  }

  /** Puts back bytes that were taken and turned out to belong to what follows. */
  unread(bytes: Uint8Array): void {
    const both = new Uint8Array(Math.max(SMALL_BYTES, bytes.length + this.#end - this.#start));
    both.set(bytes);
    both.set(this.buffered, bytes.length);
    this.#end = bytes.length + this.#end - this.#start;
    this.#start = 0;
    this.#buffer = both;
  }

  #makeRoom(): void {
    if (this.#end < this.#buffer.length) return;
    const held = this.#end - this.#start;
    const target = held * 2 <= this.#buffer.length
      ? this.#buffer
      : new Uint8Array(this.#buffer.length * 2);
    target.set(this.buffered);
    this.#buffer = target;
    this.#start = 0;
    this.#end = held;
  }
}
