import type { Clock } from "../../net/ports.ts";
import type { ChainBook, ChainPlace } from "./chain_book.ts";
import type { Link } from "./chain.ts";
import { isSame, lookAt, type OpenFile, openOwn } from "./open_own.ts";
import { lockSidecar, type Sidecar } from "./sidecar.ts";
import { isTorn, wholeLinesEnd } from "./tail.ts";

/** Makes links of lines. */
export interface Chaining {
  /** How much longer a line gets. */
  readonly linkBytes: number;
  readonly open: (place: ChainPlace, diagnose: (why: string) => void) => Promise<ChainBook>;
}

/** How a log is written. */
export interface LogRules {
  readonly clock: Clock;
  /** A file is put aside when it would grow beyond this. */
  readonly bytesMax: number;
  /** How many files are kept that were put aside: `FILE.1` is the newest. */
  readonly filesKept: number;
  readonly chaining: Chaining | null;
  /** Told what is odd about it, though it can be written. */
  readonly diagnose: (line: string) => void;
}

/** How many bytes of some lines are in the file, whole lines; `error` is what kept the others out. */
export interface Appended {
  readonly arrived: number;
  readonly error: unknown;
}

/**
 * A log on the disk, which several processes may write: whole lines, each under a lock, and put aside when it is full.
 * What it says has arrived is there; what it says has not is not, or gives way to what is written next.
 */
export class LogFile {
  readonly #path: string;
  readonly #rules: LogRules;
  #log: OpenFile | null = null;
  #size = 0;

  constructor(path: string, rules: LogRules) {
    this.#path = path;
    this.#rules = rules;
  }

  /** Adds lines, each with its end. Never rejects. */
  async append(lines: Uint8Array, signal: AbortSignal): Promise<Appended> {
    const progress = { arrived: 0 };
    try {
      if (await this.#isDevice()) await this.#writeAll(lines, null, progress);
      else await this.#underLock(lines, progress, signal);
      return { ...progress, error: null };
    } catch (error) {
      // Opened anew for the next lines: what was wrong with it may be mended by then.
      this.close();
      return { ...progress, error };
    }
  }

  /** Safe to call twice. */
  close(): void {
    this.#log?.file.close();
    this.#log = null;
  }

  /** A device cannot be put aside, nor does anything stand beside it. */
  async #isDevice(): Promise<boolean> {
    const info = this.#log?.info ?? await lookAt(this.#path);
    if (info?.isCharDevice !== true) return false;
    this.#log ??= await openOwn(this.#path, { append: true });
    return true;
  }

  async #underLock(lines: Uint8Array, progress: Progress, signal: AbortSignal) {
    const { clock, chaining, diagnose } = this.#rules;
    using sidecar = await lockSidecar(`${this.#path}.lock`, clock, signal);
    const isNew = await this.#openCurrent();
    const said = (why: string) => diagnose(`${this.#path}: ${why}`);
    if (isNew && chaining === null && await sidecar.read() !== "") said(UNCHAINED);
    const book = await chaining?.open(this.#place(sidecar), said) ?? null;
    while (progress.arrived < lines.length) {
      const fitting = this.#fitting(lines, progress.arrived);
      if (fitting > 0) {
        const some = lines.subarray(progress.arrived, progress.arrived + fitting);
        await this.#writeAll(some, book, progress);
      } else {
        await this.#putAside();
        await book?.begun();
      }
    }
  }

  #place(sidecar: Sidecar): ChainPlace {
    const aside = `${this.#path}.1`;
    return {
      sidecar,
      log: this.#log!,
      size: this.#size,
      // What cannot be ours is no part of the log, and stops nobody.
      aside: async () =>
        await lookAt(aside) === null
          ? null
          : await openOwn(aside, { append: true }).catch(() => null),
      filesKept: this.#rules.filesKept,
    };
  }

  /** How many bytes of the lines from `at` on have room in the file; one line where it is empty. */
  #fitting(lines: Uint8Array, at: number): number {
    const { bytesMax, chaining } = this.#rules;
    const more = chaining?.linkBytes ?? 0;
    let size = this.#size;
    let end = at;
    while (end < lines.length) {
      const next = lines.indexOf(LINE_END, end) + 1;
      size += next - end + more;
      if (size > bytesMax && this.#size + end > at) break;
      end = next;
      // Without links the rest is as long as it looks.
      if (more === 0 && size + lines.length - end <= bytesMax) return lines.length - at;
    }
    return end - at;
  }

  async #writeAll(lines: Uint8Array, book: ChainBook | null, progress: Progress) {
    const links = await book?.announce(linesOf(lines)) ?? null;
    const bytes = links === null ? lines : encoder.encode(textOf(links));
    const { file, info } = this.#log!;
    let written = 0;
    try {
      while (written < bytes.length) written += await file.write(bytes.subarray(written));
    } catch (error) {
      const begun = bytes.subarray(0, written);
      const whole = begun.subarray(0, begun.lastIndexOf(LINE_END) + 1);
      // What was cut gives way. Where even that fails, whoever opens the file next cuts it off.
      if (written > 0 && !info.isCharDevice) {
        await file.truncate(this.#size + whole.length).catch(() => {});
      }
      const count = linesOf(whole).length;
      progress.arrived += links === null ? whole.length : bytesOfLines(lines, count);
      await book?.arrived(links!.slice(0, count));
      throw error;
    }
    this.#size += bytes.length;
    progress.arrived += lines.length;
    await book?.arrived(links!);
  }

  /** Another process may have put the file aside, or removed it, or written to it. Returns whether it was opened. */
  async #openCurrent(): Promise<boolean> {
    const named = await lookAt(this.#path);
    if (this.#log !== null && (named === null || !isSame(this.#log.info, named))) this.close();
    const isNew = this.#log === null;
    this.#log ??= await openOwn(this.#path, { append: true });
    const { size } = await this.#log.file.stat();
    if (isNew || size !== this.#size) await this.#mend(size);
    return isNew;
  }

  /** A writer that was ended in the midst has left half a line. */
  async #mend(size: number): Promise<void> {
    const { file } = this.#log!;
    this.#size = size;
    if (!(await isTorn(file, size))) return;
    const end = await wholeLinesEnd(file, size);
    if (end === null) throw new Error("it holds no lines");
    await file.truncate(end);
    this.#size = end;
    this.#rules.diagnose(
      `${this.#path}: it ended in the middle of a line: ${size - end} bytes were taken off`,
    );
  }

  /** `FILE` becomes `FILE.1`, that `FILE.2`, and the last is gone. */
  async #putAside(): Promise<void> {
    this.close();
    const { filesKept } = this.#rules;
    // Where there is room the others stay: there are not that many yet, or a writer was ended in the midst of this.
    let free = 1;
    while (free < filesKept && await lookAt(`${this.#path}.${free}`) !== null) free += 1;
    for (let number = free - 1; number >= 0; number--) {
      const from = number === 0 ? this.#path : `${this.#path}.${number}`;
      // Whoever removes one meanwhile stops nobody.
      await unlessMissing(Deno.rename(from, `${this.#path}.${number + 1}`));
    }
    // There were more when more were kept.
    for (let number = filesKept + 1; await lookAt(`${this.#path}.${number}`) !== null; number++) {
      await unlessMissing(Deno.remove(`${this.#path}.${number}`));
    }
    this.#log = await openOwn(this.#path, { append: true });
    this.#size = this.#log.info.size;
  }
}

interface Progress {
  arrived: number;
}

/** Whoever verifies it would take them for somebody else's. */
const UNCHAINED =
  "its lines are in a chain, and these are not: write chain = true, or name a new file";

const LINE_END = 0x0a;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Lines without their ends. */
function linesOf(bytes: Uint8Array): readonly string[] {
  return decoder.decode(bytes).split("\n").slice(0, -1);
}

function textOf(links: readonly Link[]): string {
  return links.map(({ text }) => `${text}\n`).join("");
}

/** How many bytes the first `count` lines have. */
function bytesOfLines(lines: Uint8Array, count: number): number {
  let end = 0;
  for (let line = 0; line < count; line++) end = lines.indexOf(LINE_END, end) + 1;
  return end;
}

async function unlessMissing(done: Promise<void>): Promise<void> {
  await done.catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}
