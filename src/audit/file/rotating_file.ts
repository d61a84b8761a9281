import type { Clock } from "../../net/ports.ts";
import { LineQueue, type Missing } from "./line_queue.ts";
import { type Chaining, LogFile } from "./log_file.ts";

/** A file is put aside when it would grow beyond this: small enough for an editor. */
export const FILE_BYTES_MAX = 10 * 1024 * 1024;

/** How many files are kept that were put aside: `FILE.1` is the newest. */
export const FILES_KEPT = 4;

/** With more than that it is not worth to wait for more. */
const WORTH_A_WRITE_BYTES = 256 * 1024;
/** How long lines that came during a write wait for more: each write has its lock, which costs more than it. */
export const GATHER_MS = 20;
/** How long to wait before what could not be written is tried again. */
export const RETRY_MS = 1000;
/** How long the end of a program may take for what is not written yet. */
export const CLOSE_MS = 3000;

/** What a {@linkcode RotatingFile} takes. */
export interface RotatingOptions {
  /** Told, in one line, what is wrong with the file: once until it works again, and then what was lost. */
  readonly diagnose: (line: string) => void;
  readonly clock: Clock;
  readonly bytesMax?: number;
  readonly filesKept?: number;
  readonly chaining?: Chaining | null;
}

/**
 * Lines in a file, which is put aside when it is full. To write returns at once and never throws: a full disk stops
 * nobody. What cannot be written is held as long as there is room for it, and what that costs is said. The file is its
 * owner's alone.
 */
export class RotatingFile {
  readonly #path: string;
  readonly #options: RotatingOptions;
  readonly #log: LogFile;
  readonly #queue = new LineQueue();
  /** Nothing more is waited for. */
  readonly #ending = new AbortController();
  /** Nothing more is written. */
  readonly #over = new AbortController();
  #lost = 0;
  /** Of those, how many were told of. */
  #told = 0;
  /** What is wrong that was told of: that there is no more room, or why it cannot be written. */
  #failing: "late" | "error" | null = null;
  #writing: Promise<void> | null = null;

  constructor(path: string, options: RotatingOptions) {
    const { bytesMax = FILE_BYTES_MAX, filesKept = FILES_KEPT, chaining = null } = options;
    this.#path = path;
    this.#options = options;
    this.#log = new LogFile(path, { ...options, bytesMax, filesKept, chaining });
  }

  /** How many lines did not get into the file, so far. */
  get lost(): number {
    return this.#lost;
  }

  /** Writes one line. Where that is lost, `missing` stands in its place. */
  line(text: string, missing: Missing | null = null): void {
    if (this.#over.signal.aborted) {
      this.#lost += 1;
    } else if (this.#queue.push(text, missing)) {
      this.#writing ??= this.#drain();
    } else {
      this.#lost += 1;
      this.#fails("late", "it takes too long, and what is written to it is lost");
    }
  }

  /** Resolves when everything is written, or lost, within a few seconds. What comes after is lost. */
  async close(): Promise<void> {
    this.#ending.abort();
    const { clock } = this.#options;
    const limit = clock.wait(CLOSE_MS, this.#over.signal).catch(() => {
      // It was in time.
    });
    await Promise.race([this.#writing, limit]);
    this.#over.abort();
    this.#lost += this.#queue.drop();
    this.#log.close();
    if (this.#lost > this.#told) this.#tell(`Cannot write ${this.#path} to its end`);
  }

  async #drain(): Promise<void> {
    while (!this.#queue.isEmpty) {
      const { arrived, error } = await this.#log.append(this.#queue.take(), this.#over.signal);
      // What was in our hands was given up meanwhile.
      if (this.#over.signal.aborted) return;
      this.#queue.arrived(arrived);
      if (error === null) {
        // Not before everything is there: a file that is too slow would be told of again and again.
        if (this.#queue.isEmpty) this.#works();
        else if (this.#gathers()) await this.#pause(GATHER_MS);
      } else {
        this.#fails("error", error instanceof Error ? error.message : String(error));
        if (this.#ending.signal.aborted) break;
        await this.#pause(RETRY_MS);
      }
    }
    this.#writing = null;
  }

  /** Whether more lines may come before the next write: what is missing is said at once. */
  #gathers(): boolean {
    const { bytes } = this.#queue;
    return bytes > 0 && bytes < WORTH_A_WRITE_BYTES;
  }

  async #pause(ms: number): Promise<void> {
    await this.#options.clock.wait(ms, this.#ending.signal).catch(() => {
      // It ends: what there is is written now.
    });
  }

  #works(): void {
    if (this.#failing === null && this.#lost === this.#told) return;
    this.#failing = null;
    this.#tell(`Can write ${this.#path} again`);
  }

  /** Says so once. Why it cannot be written is worth to be said also when it is late already. */
  #fails(how: "late" | "error", why: string): void {
    if (this.#failing === "error" || this.#failing === how) return;
    this.#failing = how;
    this.#options.diagnose(`Cannot write ${this.#path}: ${why}`);
  }

  /** Says what was lost since that was last said. */
  #tell(what: string): void {
    const lost = this.#lost - this.#told;
    this.#told = this.#lost;
    this.#options.diagnose(`${what}: ${lost} ${lost === 1 ? "line was" : "lines were"} lost`);
  }
}
