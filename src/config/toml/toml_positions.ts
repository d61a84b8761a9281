// Where everything in a TOML document stands. It judges nothing: the document was parsed before, and on
// text that is not TOML the answer means nothing.
import { parse } from "smol-toml";

/** One value of the document, and what it holds. Offsets are in UTF-16 units, from 0. */
export interface Spot {
  /** Of the value's first character; of its key for a table made by a header or a dotted key. */
  readonly offset: number;
  /** Of the key; of the value for an element of a list. */
  readonly keyOffset: number;
  /** Behind the value's last character; the offset itself for a table made by a header or a dotted key. */
  readonly end: number;
  /**
   * Of the root, and of a table or element with a header of its own: behind the last assignment under it, or
   * behind the header. Null elsewhere.
   */
  readonly bodyEnd: number | null;
  readonly entries: ReadonlyMap<string, Spot>;
  readonly items: readonly Spot[];
}

/** A spot while it is being found. */
interface Draft extends Spot {
  end: number;
  bodyEnd: number | null;
  readonly entries: Map<string, Draft>;
  readonly items: Draft[];
}

/** A place as editors count it: both from 1, the column in UTF-16 units. */
export interface LineColumn {
  readonly line: number;
  readonly column: number;
}

/** Finds the place of every key, value and element. The result is the document's root table. */
export function tomlPositions(source: string): Spot {
  return new Scanner(source).document();
}

/** Counts lines once; then tells the line and column of any offset. A line ends with LF or CR LF. */
export function lineCounter(source: string): (offset: number) => LineColumn {
  const starts = [0];
  for (let at = source.indexOf("\n"); at !== -1; at = source.indexOf("\n", at + 1)) {
    starts.push(at + 1);
  }
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 };
  };
}

function draft(offset: number, keyOffset = offset): Draft {
  return { offset, keyOffset, end: offset, bodyEnd: null, entries: new Map(), items: [] };
}

interface KeyPart {
  readonly name: string;
  readonly offset: number;
}

const BLANK = /[ \t]*/y;
/** Blanks, line ends and comments: what may stand between the values of a list. */
const VOID = /(?:[ \t\r\n]+|#[^\n]*)*/y;
const BARE_KEY = /[A-Za-z0-9_-]+/y;
/** The four kinds of string, the long ones first. Up to two quotes may stand before the closing three. */
const STRING =
  /"""(?:\\[^]|[^\\])*?"""(?:""?(?!"))?|'''[^]*?'''(?:''?(?!'))?|"(?:\\.|[^"\\\n])*"|'[^'\n]*'/y;
/** A number, a date or a switch. A date may hold one blank, before its time. */
const PLAIN = /(?:[^\s,\]}#]| (?=\d\d:))+/y;

class Scanner {
  #at = 0;

  constructor(readonly source: string) {}

  document(): Spot {
    const root = draft(0);
    root.bodyEnd = 0;
    let table = root;
    this.#skip(VOID);
    while (this.#at < this.source.length) {
      const start = this.#at;
      if (this.source[this.#at] === "[") table = this.#header(root);
      else this.#assignment(table);
      table.bodyEnd = this.#at;
      this.#skip(VOID);
      if (this.#at === start) break;
    }
    return root;
  }

  #header(root: Draft): Draft {
    const isElement = this.source[this.#at + 1] === "[";
    this.#at += isElement ? 2 : 1;
    const parts = this.#key();
    this.#at += isElement ? 2 : 1;
    const last = parts.pop();
    if (last === undefined) return root;
    const parent = descend(root, parts);
    const known = enter(parent, last);
    if (!isElement) return known;
    const element = draft(last.offset);
    known.items.push(element);
    return element;
  }

  #assignment(table: Draft): void {
    const parts = this.#key();
    const last = parts.pop();
    this.#at += 1; // the equals sign
    this.#skip(BLANK);
    if (last === undefined) return;
    descend(table, parts).entries.set(last.name, this.#value(last.offset));
  }

  #key(): KeyPart[] {
    const parts: KeyPart[] = [];
    for (;;) {
      this.#skip(BLANK);
      const offset = this.#at;
      const name = this.#take(BARE_KEY) ?? unquote(this.#take(STRING));
      if (name === null) return parts;
      parts.push({ name, offset });
      this.#skip(BLANK);
      if (this.source[this.#at] !== ".") return parts;
      this.#at += 1;
    }
  }

  #value(keyOffset = this.#at): Draft {
    const value = draft(this.#at, keyOffset);
    if (this.source[this.#at] === "[") {
      this.#members("]", () => value.items.push(this.#value()));
    } else if (this.source[this.#at] === "{") {
      this.#members("}", () => this.#assignment(value));
    } else {
      this.#take(STRING) ?? this.#take(PLAIN);
    }
    value.end = this.#at;
    return value;
  }

  #members(end: string, member: () => void): void {
    this.#at += 1;
    for (;;) {
      this.#skip(VOID);
      const start = this.#at;
      if (this.source[this.#at] === end) break;
      member();
      this.#skip(VOID);
      if (this.source[this.#at] === ",") this.#at += 1;
      if (this.#at === start || this.#at >= this.source.length) return;
    }
    this.#at += 1;
  }

  #skip(pattern: RegExp): void {
    this.#take(pattern);
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.source)?.[0] ?? null;
    if (found !== null) this.#at += found.length;
    return found;
  }
}

function descend(table: Draft, parts: readonly KeyPart[]): Draft {
  let at = table;
  for (const part of parts) {
    const next = enter(at, part);
    at = next.items.at(-1) ?? next;
  }
  return at;
}

function enter(table: Draft, part: KeyPart): Draft {
  let next = table.entries.get(part.name);
  if (next === undefined) {
    next = draft(part.offset);
    table.entries.set(part.name, next);
  }
  return next;
}

/** The key that a quoted key spells. */
function unquote(quoted: string | null): string | null {
  if (quoted === null || !quoted.includes("\\")) return quoted?.slice(1, -1) ?? null;
  return String(parse(`key = ${quoted}`)["key"]);
}
