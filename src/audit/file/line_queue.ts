/** What is written in the place of lines that found no room. */
export interface Missing {
  /** Lines of one kind are counted together. */
  readonly kind: string;
  /** The line that says how many they were. */
  readonly line: (lost: number) => string;
}

/** Bytes held while a file takes none: some ten thousand lines. What is beyond is lost, and counted. */
export const HELD_BYTES_MAX = 8 * 1024 * 1024;

/** What is written at once, under one lock: others who write the same file wait meanwhile. */
const CHUNK_BYTES = 1024 * 1024;
/** The first one: most files get a line now and then. */
const FIRST_CHUNK_BYTES = 16 * 1024;
/** Of UTF-8, for each unit of a string. */
const CHARACTER_BYTES_MAX = 3;
const LINE_END = 0x0a;

/** Lines, one behind the other, as they are written. */
interface Chunk {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What is before has arrived. */
  start: number;
  end: number;
}

/** Stands in the place of lines that are lost. */
interface Mark {
  readonly missing: Missing;
  lost: number;
  /** Its line, while that is in the hands of whoever writes. */
  taken: Uint8Array<ArrayBuffer> | null;
}

/**
 * Lines that wait to be written, in their order, with marks where some found no room. What it holds is bounded. They wait
 * as bytes: as strings they would outlive many a collection of garbage, which costs more than to write them.
 */
export class LineQueue {
  #items: (Chunk | Mark)[] = [];
  #bytes = 0;
  #chunkBytes = FIRST_CHUNK_BYTES;
  /** Where the last chunk stood that has been written: there the next one stands, if it fits. */
  #spare: Uint8Array<ArrayBuffer> = NOTHING;

  /** Whether there is nothing to write. */
  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  /** How much there is to write, but for the marks. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a line. False where it found no room; `missing` then stands in its place, if there is one. */
  push(text: string, missing: Missing | null): boolean {
    if (this.#bytes > HELD_BYTES_MAX) {
      if (missing !== null) this.#mark(missing);
      return false;
    }
    const last = this.#items.at(-1);
    if (last === undefined || "missing" in last || !this.#put(text, last)) {
      this.#put(text, this.#begin(text.length * CHARACTER_BYTES_MAX + 1));
    }
    return true;
  }

  /** The first of what waits: whole lines. It stays until it has {@linkcode arrived}, and is good until then. */
  take(): Uint8Array<ArrayBuffer> {
    const [first] = this.#items;
    if (first === undefined) return NOTHING;
    if ("missing" in first) {
      return first.taken = encoder.encode(`${first.missing.line(first.lost)}\n`);
    }
    return first.bytes.subarray(first.start, first.end);
  }

  /** Forgets so many bytes of what was taken, which are whole lines; the others are to be written once more. */
  arrived(count: number): void {
    const [first] = this.#items;
    if (first === undefined) return;
    if ("missing" in first) {
      if (count > 0) this.#items.shift();
      else first.taken = null;
      return;
    }
    this.#bytes -= count;
    first.start += count;
    if (first.start < first.end) return;
    this.#items.shift();
    this.#spare = first.bytes;
  }

  /** Forgets everything. Returns how many lines that were, without the marks. */
  drop(): number {
    let lines = 0;
    for (const item of this.#items) if ("bytes" in item) lines += linesIn(item);
    this.#items = [];
    this.#bytes = 0;
    return lines;
  }

  /** Puts a line into a chunk; false where it has no room for it. */
  #put(text: string, chunk: Chunk): boolean {
    const { read, written } = encoder.encodeInto(text, chunk.bytes.subarray(chunk.end));
    const end = chunk.end + written;
    if (read < text.length || end === chunk.bytes.length) return false;
    chunk.bytes[end] = LINE_END;
    chunk.end = end + 1;
    this.#bytes += written + 1;
    return true;
  }

  #begin(bytesMin: number): Chunk {
    const bytes = this.#spare.length >= bytesMin
      ? this.#spare
      : new Uint8Array(Math.max(bytesMin, this.#chunkBytes));
    this.#spare = NOTHING;
    this.#chunkBytes = CHUNK_BYTES;
    const chunk: Chunk = { bytes, start: 0, end: 0 };
    this.#items.push(chunk);
    return chunk;
  }

  /** There is one mark of a kind at most in one place, so that marks are bounded, too. */
  #mark(missing: Missing): void {
    for (let at = this.#items.length - 1; at >= 0; at--) {
      const item = this.#items[at]!;
      if ("bytes" in item || item.taken !== null) break;
      if (item.missing.kind === missing.kind) {
        item.lost += 1;
        return;
      }
    }
    this.#items.push({ missing, lost: 1, taken: null });
  }
}

const encoder = new TextEncoder();
const NOTHING = new Uint8Array(0);

function linesIn({ bytes, start, end }: Chunk): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_END, start); at !== -1 && at < end;) {
    count += 1;
    at = bytes.indexOf(LINE_END, at + 1);
  }
  return count;
}
