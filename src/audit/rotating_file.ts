/** A file is put aside when it would grow beyond this: small enough for an editor. */
export const FILE_BYTES_MAX = 10 * 1024 * 1024;

/** How many files are kept that were put aside: `FILE.1` is the newest. */
export const FILES_KEPT = 4;

/** Characters held while the disk is slow, or full. What is beyond is lost, and counted. */
const HELD_CHARACTERS_MAX = 1024 * 1024;

/** What a {@linkcode RotatingFile} takes. */
export interface RotatingOptions {
  /** Told, in one line, what is wrong with the file: once until it works again, and then what was lost. */
  readonly diagnose: (line: string) => void;
  readonly bytesMax?: number;
}

/**
 * Lines in a file, which is put aside when it is full. To write returns at once and never throws: a full disk stops
 * nobody, and what it cost is said. The file is its owner's alone.
 */
export class RotatingFile {
  readonly #path: string;
  readonly #options: RotatingOptions;
  #held = "";
  #lost = 0;
  #failing = false;
  #file: Deno.FsFile | null = null;
  #size = 0;
  #writing: Promise<void> | null = null;

  constructor(path: string, options: RotatingOptions) {
    this.#path = path;
    this.#options = options;
  }

  /** Writes one line. */
  line(text: string): void {
    if (this.#held.length > HELD_CHARACTERS_MAX) {
      this.#lost += 1;
      return;
    }
    this.#held += `${text}\n`;
    this.#writing ??= this.#drain();
  }

  /** Resolves when everything is written, or lost; the file is closed then. */
  async close(): Promise<void> {
    await this.#writing;
    this.#file?.close();
    this.#file = null;
  }

  async #drain(): Promise<void> {
    while (this.#held !== "") {
      const text = this.#held;
      this.#held = "";
      try {
        await this.#write(new TextEncoder().encode(text));
        this.#works();
      } catch (error) {
        this.#fails(error, text);
      }
    }
    this.#writing = null;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    const { bytesMax = FILE_BYTES_MAX } = this.#options;
    this.#file ??= await this.#open();
    if (this.#size > 0 && this.#size + bytes.length > bytesMax) {
      this.#file.close();
      this.#file = null;
      await this.#putAside();
      this.#file = await this.#open();
    }
    let written = 0;
    while (written < bytes.length) {
      const count = await this.#file.write(bytes.subarray(written));
      written += count;
      this.#size += count;
    }
  }

  async #open(): Promise<Deno.FsFile> {
    const file = await Deno.open(this.#path, { append: true, create: true, mode: 0o600 });
    this.#size = (await file.stat()).size;
    return file;
  }

  /** `FILE` becomes `FILE.1`, that `FILE.2`, and the last is gone. */
  async #putAside(): Promise<void> {
    for (let number = FILES_KEPT - 1; number >= 0; number--) {
      const from = number === 0 ? this.#path : `${this.#path}.${number}`;
      await Deno.rename(from, `${this.#path}.${number + 1}`).catch((error) => {
        // There are not that many yet.
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      });
    }
  }

  #works(): void {
    if (!this.#failing && this.#lost === 0) return;
    this.#options.diagnose(
      `Can write ${this.#path} again: ${this.#lost} ${
        this.#lost === 1 ? "line was" : "lines were"
      } lost`,
    );
    this.#failing = false;
    this.#lost = 0;
  }

  #fails(error: unknown, text: string): void {
    this.#lost += text.split("\n").length - 1;
    // Opened anew for the next line: what was wrong with it may be mended by then.
    this.#file?.close();
    this.#file = null;
    if (this.#failing) return;
    this.#failing = true;
    this.#options.diagnose(
      `Cannot write ${this.#path}: ${error instanceof Error ? error.message : error}`,
    );
  }
}
