// What is printed, and the only place that prints. Text from outside cannot steer the terminal: whatever
// is handed over is escaped here, and colour is added here.
import type { Clock } from "../../net/ports.ts";
import { escapeControls } from "./escape_controls.ts";
import { wrap } from "./prose.ts";

/**
 * How a part of a line is meant. `copy` is to be copied, `record` is for programs: neither is ever broken. Colours
 * appear on a terminal only, and never with `NO_COLOR`.
 */
export type Style = "good" | "bad" | "warning" | "faint" | "copy" | "record";

/** A part of a line that is set off from the rest. */
export interface Painted {
  readonly style: Style;
  readonly text: string;
}

/** A piece of a line. */
export type Part = string | Painted;

/** A line to be printed, without its end. */
export type Line = readonly Part[];

/** One of the two streams. */
export interface Output {
  /** Whether a person may be reading. */
  readonly isTerminal: boolean;
  /** How many characters a row has now; null where no rows are: text is as long as it is, then. */
  readonly columns: number | null;
  /**
   * Prints one line; what is for people is broken between words where a terminal has no room for it. Returns at
   * once, whether there is room to keep it; what is printed stays in order.
   */
  line(...parts: Line): boolean;
  /** Resolves when the reader has gone away: nothing printed is read any more. */
  readonly gone: Promise<void>;
  /** Resolves when everything printed so far has been taken, or the reader has gone away. */
  flush(): Promise<void>;
}

/** Standard output for data, standard error for people. */
export interface Terminal {
  readonly out: Output;
  readonly err: Output;
}

/** Where bytes go. `Deno.stdout` is one. */
export interface Sink {
  write(bytes: Uint8Array): Promise<number>;
  isTerminal(): boolean;
}

/**
 * Characters held for a reader who does not read. Beyond it lines are dropped and counted: a stopped log
 * reader must not stop the proxy, nor fill its memory.
 */
const HELD_CHARACTERS_MAX = 1024 * 1024;

const COLOURS: Readonly<Record<Style, string>> = {
  good: "\x1b[32m",
  bad: "\x1b[31m",
  warning: "\x1b[33m",
  faint: "\x1b[2m",
  copy: "\x1b[1m",
  record: "\x1b[2m",
};
const PLAIN = "\x1b[0m";

/** How long to wait for room in a pipe that another program has made non-blocking. */
const FULL_PIPE_MS = 20;

/**
 * Makes a terminal of two sinks.
 *
 * @param colour whether the environment permits any
 * @param columns how wide the window is, asked for each line: it may change; null where nobody knows
 */
export function makeTerminal(
  out: Sink,
  err: Sink,
  colour: boolean,
  clock: Clock,
  columns: () => number | null = () => null,
): Terminal {
  const options = { colour, clock, columns };
  return {
    out: new Printer(out, { ...options, isData: true }),
    err: new Printer(err, { ...options, isData: false }),
  };
}

/**
 * Whether the environment permits colour (https://no-color.org: any value but the empty one forbids). Nothing
 * forces it, not FORCE_COLOR either: what is no terminal is read by programs.
 */
export function permitsColour(env: Readonly<Record<string, string>>): boolean {
  return (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
}

/** Sets a part of a line off from the rest. */
export function paint(style: Style, text: string): Painted {
  return { style, text };
}

interface PrinterOptions {
  readonly colour: boolean;
  readonly clock: Clock;
  readonly columns: () => number | null;
  /** Whether lines are data, which nobody may break. */
  readonly isData: boolean;
}

class Printer implements Output {
  readonly #sink: Sink;
  readonly #colour: boolean;
  readonly #clock: Clock;
  readonly #columns: () => number | null;
  readonly #isData: boolean;
  readonly isTerminal: boolean;
  #held = "";
  #dropped = 0;
  readonly #end = Promise.withResolvers<void>();
  #gone = false;
  #writing: Promise<void> | null = null;

  constructor(sink: Sink, { colour, clock, columns, isData }: PrinterOptions) {
    this.#isData = isData;
    this.#clock = clock;
    this.#columns = columns;
    this.#sink = sink;
    this.isTerminal = sink.isTerminal();
    this.#colour = colour && this.isTerminal;
  }

  get columns(): number | null {
    return this.isTerminal ? this.#columns() : null;
  }

  line(...parts: Line): boolean {
    if (this.#gone) return false;
    if (this.#held.length > HELD_CHARACTERS_MAX) {
      this.#dropped += 1;
      return false;
    }
    for (const row of this.#isData ? [parts] : wrap(parts, this.columns)) {
      this.#held += `${row.map((part) => this.#render(part)).join("")}\n`;
    }
    this.#writing ??= this.#drain();
    return true;
  }

  get gone(): Promise<void> {
    return this.#end.promise;
  }

  async flush(): Promise<void> {
    await this.#writing;
  }

  #render(part: Part): string {
    if (typeof part === "string") return escapeControls(part);
    const text = escapeControls(part.text);
    return this.#colour ? `${COLOURS[part.style]}${text}${PLAIN}` : text;
  }

  async #drain(): Promise<void> {
    while (this.#held !== "") {
      const confessed = this.#dropped;
      const text = this.#held;
      this.#held = "";
      try {
        await this.#writeAll(new TextEncoder().encode(text + confession(confessed)));
        this.#dropped -= confessed;
      } catch (error) {
        // The reader has gone away (`doorward explain … | head -1`): there is nobody to print for. Anything
        // else, a full disk say, may pass: the next line tries again.
        this.#gone = error instanceof Deno.errors.BrokenPipe;
        this.#dropped += text.split("\n").length - 1;
        if (this.#gone) {
          this.#held = "";
          this.#end.resolve();
        }
      }
    }
    this.#writing = null;
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    let written = 0;
    while (written < bytes.length) {
      try {
        written += await this.#sink.write(bytes.subarray(written));
      } catch (error) {
        if (!(error instanceof Deno.errors.WouldBlock)) throw error;
        await this.#clock.wait(FULL_PIPE_MS, NEVER);
      }
    }
  }
}

function confession(dropped: number): string {
  return dropped === 0 ? "" : `doorward: ${dropped} lines could not be printed\n`;
}

const NEVER = new AbortController().signal;
