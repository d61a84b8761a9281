/** A line of text, without its end. */
export interface Line {
  readonly text: string;
  /** Whether that is all of it: false where it is longer than may be, and the rest is not kept. */
  readonly isWhole: boolean;
}

const LINE_FEED = 0x0a;

/** Makes lines of bytes. It never holds more than one line of the greatest length. */
export class LineSplitter {
  readonly #bytesMax: number;
  readonly #held: Uint8Array;
  #length = 0;
  /** Whether the rest of a line that was too long is still to come. */
  #skipping = false;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#held = new Uint8Array(bytesMax);
  }

  /** The lines that end in these bytes; one that is too long is told as soon as it is. */
  *push(bytes: Uint8Array): Generator<Line> {
    let rest = bytes;
    while (rest.length > 0) {
      const end = rest.indexOf(LINE_FEED);
      const piece = end === -1 ? rest : rest.subarray(0, end);
      rest = end === -1 ? rest.subarray(rest.length) : rest.subarray(end + 1);
      yield* this.#add(piece, end !== -1);
    }
  }

  /** What came after the last line end; null where that is nothing. */
  last(): Line | null {
    return this.#length === 0 || this.#skipping ? null : this.#take(true);
  }

  *#add(piece: Uint8Array, isEnd: boolean): Generator<Line> {
    if (!this.#skipping) {
      const fitting = piece.subarray(0, this.#bytesMax - this.#length);
      this.#held.set(fitting, this.#length);
      this.#length += fitting.length;
      const isWhole = fitting.length === piece.length;
      if (isEnd || !isWhole) yield this.#take(isWhole);
      this.#skipping = !isWhole;
    }
    if (isEnd) this.#skipping = false;
  }

  #take(isWhole: boolean): Line {
    const text = new TextDecoder().decode(this.#held.subarray(0, this.#length));
    this.#length = 0;
    return { text: text.endsWith("\r") ? text.slice(0, -1) : text, isWhole };
  }
}
