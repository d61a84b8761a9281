import { inTime } from "./in_time.ts";

/** What a program has said on one of its streams so far. It is read on in the background. */
export class Transcript {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #chunks: Uint8Array[] = [];
  /** Resolves when the stream has ended. */
  readonly ended: Promise<void>;
  #over = false;
  #news = Promise.withResolvers<void>();

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
    this.ended = this.#read();
  }

  /** Reads no further. Somebody else may hold on to the other end. */
  async stop(): Promise<void> {
    await this.#reader.cancel();
  }

  /** Every byte so far. */
  get bytes(): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0));
    let at = 0;
    for (const chunk of this.#chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  }

  /** Every character so far. */
  get text(): string {
    return new TextDecoder().decode(this.bytes);
  }

  /** Waits until the stream has said what `pattern` describes; fails when it ends before. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    while (true) {
      const found = pattern.exec(this.text);
      if (found !== null) return found;
      if (this.#over) throw new Error(`Expected ${pattern}, it only said ${quoted(this.text)}`);
      await inTime(this.#news.promise, `${pattern}; so far: ${quoted(this.text)}`);
    }
  }

  async #read(): Promise<void> {
    while (true) {
      const { value } = await this.#reader.read();
      if (value === undefined) break;
      this.#chunks.push(value);
      this.#stir();
    }
    this.#over = true;
    this.#stir();
  }

  #stir(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers<void>();
  }
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
