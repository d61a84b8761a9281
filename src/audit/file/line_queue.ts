/** What is written in the place of lines that found no room. */
export interface Missing {
  /** Lines of one kind are counted together. */
  readonly kind: string;
  /** The line that says how many they were. */
  readonly line: (lost: number) => string;
}

/** Characters held while a file takes none: thousands of lines. What is beyond is lost, and counted. */
export const HELD_CHARACTERS_MAX = 4 * 1024 * 1024;

/** Lines that wait to be written, in their order, with marks where some found no room. What it holds is bounded. */
export class LineQueue {
  #items: Item[] = [];
  #characters = 0;
  /** How many at the front are in the hands of whoever writes. */
  #taken = 0;

  /** Whether there is nothing to write. */
  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  /** How much there is to write, but for the marks. */
  get characters(): number {
    return this.#characters;
  }

  /** Adds a line. False where it found no room; `missing` then stands in its place, if there is one. */
  push(text: string, missing: Missing | null): boolean {
    if (this.#characters <= HELD_CHARACTERS_MAX) {
      this.#items.push({ text, lost: 0 });
      this.#characters += text.length + 1;
      return true;
    }
    if (missing !== null) this.#mark(missing);
    return false;
  }

  /** The first lines, about as many characters as that. They stay until they have {@linkcode arrived}. */
  take(charactersMax: number): readonly string[] {
    const lines: string[] = [];
    let characters = 0;
    for (const item of this.#items) {
      if (characters >= charactersMax) break;
      const line = "text" in item ? item.text : item.missing.line(item.lost);
      lines.push(line);
      characters += line.length;
    }
    this.#taken = lines.length;
    return lines;
  }

  /** Forgets the first `count`; the others of those taken are to be written once more. */
  arrived(count: number): void {
    for (const item of this.#items.splice(0, count)) {
      if ("text" in item) this.#characters -= item.text.length + 1;
    }
    this.#taken = 0;
  }

  /** Forgets everything. Returns how many lines that were, without the marks. */
  drop(): number {
    const count = this.#items.filter((item) => "text" in item).length;
    this.#items = [];
    this.#characters = 0;
    this.#taken = 0;
    return count;
  }

  /** There is one mark of a kind at most in one place, so that marks are bounded, too. */
  #mark(missing: Missing): void {
    for (let at = this.#items.length - 1; at >= this.#taken; at--) {
      const item = this.#items[at]!;
      if ("text" in item) break;
      if (item.missing.kind === missing.kind) {
        item.lost += 1;
        return;
      }
    }
    this.#items.push({ missing, lost: 1 });
  }
}

type Item =
  | { readonly text: string; readonly lost: 0 }
  | { readonly missing: Missing; lost: number };
