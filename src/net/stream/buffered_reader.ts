import { FRONT_BYTES, type ReaderBuffers, roomFor, SMALL_BYTES } from "./reader_buffers.ts";
import type { ByteStream } from "./stream.ts";

/** Reads ahead on a stream, so that a head can be looked at before it is taken. */
export class BufferedReader {
  readonly #stream: Pick<ByteStream, "read">;
  readonly #buffers: ReaderBuffers | null;
  #buffer: Uint8Array<ArrayBuffer>;
  #start = FRONT_BYTES;
  #end = FRONT_BYTES;
  /** What {@linkcode buffered} gave last; null once that is not all any more. */
  #view: Uint8Array<ArrayBuffer> | null = null;
  /** The read under way, if `fill` began one. */
  #filling: Promise<boolean> | null = null;
  #isReleased = false;

  /** @param buffers where its buffer comes from, and goes to once it is released */
  constructor(stream: Pick<ByteStream, "read">, buffers: ReaderBuffers | null = null) {
    this.#stream = stream;
    this.#buffers = buffers;
    this.#buffer = buffers?.take() ?? roomFor(SMALL_BYTES);
  }

  /** The bytes read but not yet taken. The view is good until the next `fill` or `read`. */
  get buffered(): Uint8Array<ArrayBuffer> {
    return this.#view ??= this.#buffer.subarray(this.#start, this.#end);
  }

  /** How many bytes that is. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Whether it holds nothing, and reads nothing. */
  get isIdle(): boolean {
    return this.#start === this.#end && this.#filling === null;
  }

  /**
   * Reads more behind what is buffered. Resolves to false at the end of the stream. The buffer grows as
   * needed: the caller sets the ceiling, by not asking for more. Who asks while another does waits for the same
   * bytes. Until it resolves, only `buffered` may be looked at.
   */
  fill(): Promise<boolean> {
    if (this.#filling !== null) return this.#filling;
    if (this.#isReleased) throw new TypeError("Cannot read: the reader was released");
    this.#makeRoom();
    const space = this.#buffer.subarray(this.#end);
    return this.#filling = this.#stream.read(space).then(this.#filled, this.#failed);
  }

  /**
   * Tells that it is over: nobody reads by this reader any more, and nothing of what it gave is still on its way
   * anywhere. A read under way may come to its end.
   */
  release(): void {
    if (this.#isReleased || this.#buffers === null) return;
    this.#isReleased = true;
    if (this.#filling === null) this.#giveBack(this.#buffers);
  }

  #giveBack(buffers: ReaderBuffers): void {
    if (this.#buffer.length === FRONT_BYTES + SMALL_BYTES) buffers.give(this.#buffer);
    this.#buffer = NONE;
    this.#view = null;
    this.#start = 0;
    this.#end = 0;
  }

  #settled(): void {
    this.#filling = null;
    if (this.#isReleased) this.#giveBack(this.#buffers!);
  }

  readonly #filled = (count: number | null): boolean => {
    this.#settled();
    if (this.#isReleased) return false;
    if (count === null) return false;
    this.#end += count;
    this.#view = null;
    return true;
  };

  readonly #failed = (error: unknown): never => {
    this.#settled();
    throw error;
  };

  /** Takes `count` of the buffered bytes. */
  consume(count: number): void {
    this.#start += count;
    this.#view = null;
    // A read under way writes behind what was there: nothing moves meanwhile.
    if (this.#start < this.#end || this.#filling !== null) return;
    this.#start = FRONT_BYTES;
    this.#end = FRONT_BYTES;
    if (this.#buffer.length > FRONT_BYTES + SMALL_BYTES) this.#buffer = roomFor(SMALL_BYTES);
  }

  /**
   * Takes the bytes from `from` to `to` out of what is buffered; positions count from its beginning. Those in front of
   * them move, which costs less than to copy what stands behind: a body, mostly.
   */
  cut(from: number, to: number): void {
    const start = this.#start + to - from;
    this.#buffer.copyWithin(start, this.#start, this.#start + from);
    this.#start = start;
    this.#view = null;
  }

  /**
   * Puts text, a character a byte, in front of the byte at `at`. What stands before it moves. False where there is no
   * room, and nothing is done.
   */
  insert(at: number, text: string): boolean {
    const start = this.#start - text.length;
    if (start < 0) return false;
    this.#buffer.copyWithin(start, this.#start, this.#start + at);
    const from = start + at;
    for (let i = 0; i < text.length; i++) this.#buffer[from + i] = text.charCodeAt(i);
    this.#start = start;
    this.#view = null;
    return true;
  }

  /** Takes what is buffered, else reads from the stream; at most `into.length` bytes. Null at the end. */
  read(into: Uint8Array): Promise<number | null> {
    // Whoever carries bulk or many small messages pays for no promise of ours.
    if (this.#start === this.#end && this.#filling === null) return this.#stream.read(into);
    return this.#takeBuffered(into);
  }

  async #takeBuffered(into: Uint8Array): Promise<number | null> {
    while (this.#start === this.#end) {
      if (this.#filling === null) return await this.#stream.read(into);
      // Somebody looks ahead: what comes is for us.
      if (!(await this.#filling)) return null;
    }
    const count = Math.min(this.length, into.length);
    into.set(this.#buffer.subarray(this.#start, this.#start + count));
    this.consume(count);
    return count;
  }

  /** Puts back bytes that were taken last, and turned out to belong to what follows. */
  unread(bytes: Uint8Array): void {
    this.#view = null;
    if (this.#filling !== null) {
      // They came from the buffer, and still stand there.
      this.#start -= bytes.length;
      return;
    }
    const both = roomFor(Math.max(SMALL_BYTES, bytes.length + this.length));
    both.set(bytes, FRONT_BYTES);
    both.set(this.#buffer.subarray(this.#start, this.#end), FRONT_BYTES + bytes.length);
    this.#end = FRONT_BYTES + bytes.length + this.length;
    this.#start = FRONT_BYTES;
    this.#buffer = both;
  }

  #makeRoom(): void {
    if (this.#end < this.#buffer.length) return;
    const held = this.length;
    const room = this.#buffer.length - FRONT_BYTES;
    const target = held * 2 <= room ? this.#buffer : roomFor(room * 2);
    target.set(this.buffered, FRONT_BYTES);
    this.#buffer = target;
    this.#view = null;
    this.#start = FRONT_BYTES;
    this.#end = FRONT_BYTES + held;
  }
}

const NONE = new Uint8Array(0);

/** A stream that is read on through its reader, which may hold the first of what comes. */
export function readThrough(reader: BufferedReader, stream: ByteStream): ByteStream {
  return {
    read: (into) => reader.read(into),
    write: (bytes) => stream.write(bytes),
    closeWrite: () => stream.closeWrite(),
    close: () => stream.close(),
  };
}
