import { escapeControls } from "./escape_controls.ts";
import type { Line, Output, Painted, Part } from "./terminal.ts";

/** With less than this beside it an indent is given up: a word a row is no text. */
const TEXT_COLUMNS_MIN = 20;
/** How far rows after the first stand to the right of where a line without a label begins. */
const INDENT = 2;
/** The same where there is no room beside the label: what follows must not look like the next one. */
const DEEP_INDENT = 4;

/** Prints lines for people where data is printed: on a terminal broken between words, as on standard error. */
export function printProse(out: Pick<Output, "columns" | "line">, lines: Iterable<Line>): void {
  for (const line of lines) wrap(line, out.columns).forEach((row) => out.line(...row));
}

/**
 * Breaks a line into rows of at most `columns` characters, where there are spaces. Rows after the first stand
 * below the text of the first: below what follows a label, where there is one. What is one piece is never
 * broken: where it is longer than a row, the terminal goes on in the next one as if there were no end.
 *
 * @param columns null for no limit
 * @param hang where the rows after the first begin
 */
export function wrap(line: Line, columns: number | null, hang = hangOf(line)): readonly Line[] {
  if (columns === null || widthOfAll(line) <= columns) return [line];
  const deep = leading(line) + DEEP_INDENT;
  const hasRoom = hang <= deep || columns - hang >= TEXT_COLUMNS_MIN;
  const rows = hasRoom ? new Rows(columns, hang) : new Rows(columns, deep, hang);
  for (const { space, word } of wordsOf(line)) rows.add(space, word);
  return rows.end();
}

/** How many characters of a row a part takes. */
export function widthOf(part: Part): number {
  return [...escapeControls(textOf(part))].length;
}

/** How many characters of a row a line takes. */
export function widthOfAll(line: Line): number {
  return line.reduce((sum, part) => sum + widthOf(part), 0);
}

class Rows {
  readonly #columns: number;
  readonly #hang: number;
  readonly #breakAt: number | null;
  readonly #done: Line[] = [];
  #row: Part[] = [];
  #width = 0;
  /** Whether there is more than an indent in this row. */
  #hasText = false;

  /** @param breakAt a word that begins there begins a row, what is before it is a label; null for none */
  constructor(columns: number, hang: number, breakAt: number | null = null) {
    this.#columns = columns;
    this.#hang = hang;
    this.#breakAt = breakAt;
  }

  add(space: string, word: readonly Part[]): void {
    const width = widthOfAll(word);
    const begin = this.#width + space.length;
    const isFirstRow = this.#done.length === 0;
    const isAfterLabel = isFirstRow && begin === this.#breakAt;
    if (this.#hasText && (isAfterLabel || begin + width > this.#columns)) {
      this.#done.push(this.#row);
      this.#row = [];
      this.#width = 0;
      this.#push(" ".repeat(this.#indent(width, word.some(isOnePiece))));
    } else this.#push(space);
    word.forEach((part) => this.#push(part));
    this.#hasText = true;
  }

  end(): readonly Line[] {
    return [...this.#done, this.#row].map(joined);
  }

  /** A command gives up as much of its indent as it takes to fit. Words of others stay where they belong. */
  #indent(width: number, isOnePiece: boolean): number {
    if (!isOnePiece) return this.#hang;
    const indents = [this.#hang, DEEP_INDENT, 0].filter((indent) => indent <= this.#hang);
    return indents.find((indent) => indent + width <= this.#columns) ??
      Math.min(this.#hang, DEEP_INDENT);
  }

  #push(part: Part): void {
    if (part === "") return;
    this.#row.push(part);
    this.#width += widthOf(part);
  }
}

/** Puts words of one style together again that stand in one row. */
function joined(row: Line): Line {
  const parts: Part[] = [];
  for (const part of row) {
    const [before, space] = parts.slice(-2);
    if (
      isPainted(part) && isPainted(before) && part.style === before.style && !isOnePiece(part) &&
      typeof space === "string" && space.trim() === ""
    ) {
      parts.splice(-2, 2, { ...part, text: before.text + space + part.text });
    } else parts.push(part);
  }
  return parts;
}

function isPainted(part: Part | undefined): part is Painted {
  return part !== undefined && typeof part !== "string";
}

/** A word, which may have parts of several styles, and the space before it. */
interface Word {
  readonly space: string;
  readonly word: Part[];
}

function wordsOf(line: Line): readonly Word[] {
  const words: Word[] = [];
  let last: Word = { space: "", word: [] };
  for (const part of line) {
    for (const text of isOnePiece(part) ? [textOf(part)] : textOf(part).split(/( +)/)) {
      if (!isOnePiece(part) && text.startsWith(" ")) {
        if (last.word.length > 0) words.push(last);
        last = { space: text, word: [] };
      } else if (text !== "") last.word.push(styledAs(part, text));
    }
  }
  return [...words, last];
}

/** Below the text behind a label, as in `  rule     example.com`; else a little to the right of the line's begin. */
function hangOf(line: Line): number {
  const at = line.findIndex(isOnePiece);
  // What is one piece may be what a label is of, and is none itself.
  const text = at === -1 ? plain(line) : `${plain(line.slice(0, at))}x`;
  const [label = ""] = /^ +\S+(?: \S+)* {2,}(?=\S)/.exec(text) ?? [];
  return label === "" ? leading(line) + INDENT : widthOf(label);
}

function leading(line: Line): number {
  return /^ */.exec(plain(line))![0].length;
}

function plain(line: Line): string {
  return line.map(textOf).join("");
}

function isOnePiece(part: Part): boolean {
  return typeof part !== "string" && (part.style === "copy" || part.style === "record");
}

function textOf(part: Part): string {
  return typeof part === "string" ? part : part.text;
}

function styledAs(part: Part, text: string): Part {
  return typeof part === "string" ? text : { style: part.style, text };
}
