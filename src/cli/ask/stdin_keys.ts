import type { Clock } from "../../net/ports.ts";
import type { ByteStream } from "../../net/stream/stream.ts";
import { unlessAborted } from "../../net/time/unless_aborted.ts";
import { isEarly } from "./early.ts";
import type { Keys, Typed } from "./keys.ts";

/** Standard input that is a terminal, and ours. */
export interface KeyboardPorts {
  readonly stdin: Pick<ByteStream, "read">;
  /**
   * Makes readable what stands half typed in the terminal's line, so that it can be told from what is typed
   * after the question. Called only in front.
   */
  readonly push: () => void;
  /** Whether we may read: a terminal stops whoever reads it from the background. */
  readonly inFront: () => Promise<boolean>;
  readonly clock: Clock;
}

/** No answer is longer; what a line has beyond it is not kept. */
const LINE_CHARACTERS_MAX = 1024;
/** As much as a terminal hands out at once. */
const READ_BYTES = 4096;
/** How long to wait for a terminal that another program has made non-blocking. */
const EMPTY_MS = 50;

/**
 * Lines from standard input. A read cannot be called back: one that nobody waits for any more stays under way
 * for the next question, and what it brings in between is dropped.
 */
export function stdinKeys({ stdin, push, inFront, clock }: KeyboardPorts): Keys {
  const reads = new KeptReads(stdin, clock);
  let isGone = false;
  return {
    ready: async () => !isGone && await inFront(),
    async line(signal): Promise<Typed> {
      reads.isWanted = true;
      try {
        push();
        const typed = await lineOf(reads, clock, signal);
        isGone = typed.kind === "gone";
        return typed;
      } finally {
        reads.isWanted = false;
      }
    },
  };
}

/** Puts a line together. What comes behind its end in the same piece was typed too early for what is next. */
async function lineOf(
  reads: KeptReads,
  clock: Clock,
  signal: AbortSignal,
): Promise<Typed> {
  const since = clock.monotonic();
  let line = "";
  while (true) {
    const text = await reads.next(signal);
    if (text === null) return { kind: "gone" };
    if (isEarly(since, clock)) return { kind: "early" };
    const end = text.indexOf("\n");
    line = (line + (end === -1 ? text : text.slice(0, end))).slice(0, LINE_CHARACTERS_MAX);
    if (end !== -1) return { kind: "line", text: line };
  }
}

/** Reads, one at a time, that outlast whoever waits for them. */
class KeptReads {
  readonly #stdin: Pick<ByteStream, "read">;
  readonly #clock: Clock;
  #underWay: Promise<string | null> | null = null;
  /** Whether somebody waits. What comes when nobody does is dropped. */
  isWanted = false;

  constructor(stdin: Pick<ByteStream, "read">, clock: Clock) {
    this.#stdin = stdin;
    this.#clock = clock;
  }

  /** The next that comes. Null at the end. */
  async next(signal: AbortSignal): Promise<string | null> {
    while (true) {
      this.#underWay ??= this.#read();
      try {
        const text = await unlessAborted(this.#underWay, signal);
        this.#underWay = null;
        return text;
      } catch (error) {
        signal.throwIfAborted();
        this.#underWay = null;
        // Whatever else fails, a terminal that was hung up say, will not get better.
        if (!(error instanceof Deno.errors.WouldBlock)) return null;
        await this.#clock.wait(EMPTY_MS, signal);
      }
    }
  }

  #read(): Promise<string | null> {
    const read = readSome(this.#stdin).finally(() => {
      if (!this.isWanted) this.#underWay = null;
    });
    read.catch(() => {
      // Whoever waits learns of it; when nobody does, the next read fails as well.
    });
    return read;
  }
}

async function readSome(stdin: Pick<ByteStream, "read">): Promise<string | null> {
  const bytes = new Uint8Array(READ_BYTES);
  const count = await stdin.read(bytes);
  return count === null ? null : new TextDecoder().decode(bytes.subarray(0, count));
}
