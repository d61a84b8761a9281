import type { ByteStream } from "./stream.ts";

/** What a waiting connection holds: most heads fit, and ten thousand idle ones cost 20 MiB. */
const SMALL_BYTES = 2048;

/** Reads ahead on a stream, so that a head can be looked at before it is taken. */
export class BufferedReader {
  readonly #stream: Pick<ByteStream, "read">;
  #buffer: Uint8Array<ArrayBuffer> = new Uint8Array(SMALL_BYTES);
  #start = 0;
  #end = 0;
  /** The read under way, if `fill` began one. */
  #filling: Promise<boolean> | null = null;

  constructor(stream: Pick<ByteStream, "read">) {
    this.#stream = stream;
  }

  /** The bytes read but not yet taken. The view is good until the next `fill` or `read`. */
  get buffered(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /**
   * Reads more behind what is buffered. Resolves to false at the end of the stream. The buffer grows as
   * needed: the caller sets the ceiling, by not asking for more. Who asks while another does waits for the same
   * bytes. Until it resolves, only `buffered` may be looked at.
   */
  fill(): Promise<boolean> {
    if (this.#filling !== null) return this.#filling;
    this.#makeRoom();
    const space = this.#buffer.subarray(this.#end);
    return this.#filling = this.#stream.read(space).then(this.#filled, this.#failed);
  }

  readonly #filled = (count: number | null): boolean => {
    this.#filling = null;
    if (count === null) return false;
    this.#end += count;
    return true;
  };

  readonly #failed = (error: unknown): never => {
    this.#filling = null;
    throw error;
  };

  /** Takes `count` of the buffered bytes. */
  consume(count: number): void {
    this.#start += count;
    // A read under way writes behind what was there: nothing moves meanwhile.
    if (this.#start < this.#end || this.#filling !== null) return;
    this.#start = 0;
    this.#end = 0;
    if (this.#buffer.length > SMALL_BYTES) this.#buffer = new Uint8Array(SMALL_BYTES);
  }

  /** Takes what is buffered, else reads from the stream; at most `into.length` bytes. Null at the end. */
  async read(into: Uint8Array): Promise<number | null> {
    while (this.#start === this.#end) {
      if (this.#filling === null) return await this.#stream.read(into);
      // Somebody looks ahead: what comes is for us.
      if (!(await this.#filling)) return null;
    }
    const count = Math.min(this.#end - this.#start, into.length);
    into.set(this.#buffer.subarray(this.#start, this.#start + count));
    this.consume(count);
    return count;
  }

  /** Puts back bytes that were taken last, and turned out to belong to what follows. */
  unread(bytes: Uint8Array): void {
    if (this.#filling !== null) {
      // They came from the buffer, and still stand there.
      this.#start -= bytes.length;
      return;
    }
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

/** A stream that is read on through its reader, which may hold the first of what comes. */
export function readThrough(reader: BufferedReader, stream: ByteStream): ByteStream {
  return {
    read: (into) => reader.read(into),
    write: (bytes) => stream.write(bytes),
    closeWrite: () => stream.closeWrite(),
    close: () => stream.close(),
  };
}
