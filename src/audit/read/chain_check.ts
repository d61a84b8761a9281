import { CHAIN_START, chainValue, unlink } from "../file/chain.ts";
import type { ChainHead } from "../file/chain_head.ts";

/** From where a chain is followed. */
export interface ChainBegin {
  /** What stands before the oldest line that is there; null where nobody knows. */
  readonly start: string | null;
  /** Whether older lines may be gone because newer ones took their place. */
  readonly mayBeCut: boolean;
  /** What the sidecar says; null where there is none. */
  readonly head: ChainHead | null;
  /** A value that somebody has kept elsewhere; null where nobody has. */
  readonly expect: string | null;
}

/** Follows a chain line by line. */
export class ChainCheck {
  readonly #begin: ChainBegin;
  #last: string | null;
  #links = 0;
  /** How many lines are not, before the first that is. */
  #unlinked = 0;
  /** How many lines come after what the sidecar names as the last; null while that was not met. */
  #beyond: number | null;
  #isExpected: boolean;

  constructor(begin: ChainBegin) {
    const { start, head, expect } = begin;
    this.#begin = begin;
    this.#last = start;
    this.#beyond = head !== null && head.last === (start ?? CHAIN_START) ? 0 : null;
    this.#isExpected = expect === null || expect === start;
  }

  /** How many lines are in the chain. */
  get links(): number {
    return this.#links;
  }

  /** What the last line ends with; null where there is no chain. */
  get last(): string | null {
    return this.#links === 0 ? null : this.#last;
  }

  /**
   * Begins with the next file, of which it may be known what stands before it. Returns what is wrong with its first
   * line, as a clause, or null.
   */
  enter(start: string | null): string | null {
    if (this.#links > 0) return null;
    this.#last = start ?? this.#last;
    const isFirst = this.#last === null || this.#last === CHAIN_START;
    return isFirst || this.#unlinked === 0
      ? null
      : "it is in the chain, and the line before it is not";
  }

  /** Judges the next line. Returns what is wrong with it, as a clause, or null. */
  add(text: string): string | null {
    const found = unlink(text);
    if (found === null) return this.#addUnlinked();
    const fault = this.#whyUnfit(found.line, found.value);
    if (fault !== null) return fault;
    this.#links += 1;
    this.#last = found.value;
    if (this.#begin.expect === found.value) this.#isExpected = true;
    return this.#count(found.value);
  }

  /** What is wrong after the last line, as a clause about the next that is not there; null where nothing is. */
  end(): string | null {
    const { head, expect } = this.#begin;
    if (head !== null && this.#beyond === null) {
      return `it is missing: the chain goes on, ${head.lines} lines are known of it`;
    }
    if (!this.#isExpected) {
      return this.#links === 0
        ? "there is no chain that could end with what is expected"
        : `it is missing: no line ends with ${expect}`;
    }
    return null;
  }

  /** Lines without a chain may come before it, from a time when there was none. */
  #addUnlinked(): string | null {
    if (this.#links > 0) return "it is not in the chain, and the line before it is";
    this.#unlinked += 1;
    const isBefore = this.#last === null || this.#last === CHAIN_START;
    return isBefore ? null : "it is not in the chain";
  }

  #whyUnfit(line: string, value: string): string | null {
    if (this.#last !== null) {
      return chainValue(this.#last, line) === value
        ? null
        : "it does not fit to what is before it: it was changed, or lines were removed, added or moved";
    }
    // Of the first line of all it is known what is before it.
    if (this.#begin.mayBeCut || chainValue(CHAIN_START, line) === value) return null;
    return "it is not the first of its chain: lines before it were removed, or it was changed";
  }

  #count(value: string): string | null {
    const { head } = this.#begin;
    if (head === null) return null;
    if (value === head.last) {
      this.#beyond = 0;
    } else if (this.#beyond !== null) {
      this.#beyond += 1;
      if (this.#beyond > head.upTo - head.lines) return "it was added behind the end of the chain";
    }
    return null;
  }
}
