// One element more or less in the text of a TOML list: all else stays as somebody wrote it. It judges nothing,
// neither the document nor the result.
import type { Spot } from "./toml_positions.ts";

/** What is cut out, and what is put in its place. */
interface Change {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** How far an element stands in where there is none to go by. */
const INDENT = "  ";

const BLANKS = /[ \t]*/y;
/** Blanks, line ends and comments: what may stand between an element and its comma. */
const VOID = /(?:[ \t\r\n]+|#[^\n]*)*/y;
/** The rest of a line on which no more values stand. */
const LINE_REST = /[ \t]*(#[^\r\n]*)?(?=\r?\n)/y;
const LINE_END = /[ \t]*\r?\n/y;

/** The source with `item`, which is TOML, behind the last element of a list in brackets. */
export function withItem(source: string, list: Spot, item: string): string {
  const last = list.items.at(-1);
  if (last === undefined) return changed(source, [firstItem(source, list, item)]);
  const comma = commaAfter(source, last.end);
  const end = comma === null ? last.end : comma + 1;
  const rest = matchAt(LINE_REST, source, end);
  const isFirstLine = !source.slice(list.offset, last.offset).includes("\n");
  const missing = comma === null ? [insert(last.end, ",")] : [];
  const habit = comma === null ? "" : ",";
  // A comment behind the last element is about that one: nothing comes between them.
  if (isFirstLine && rest?.[1] === undefined) {
    return changed(source, [...missing, insert(end, ` ${item}${habit}`)]);
  }
  const indent = isFirstLine
    ? indentOf(source, list.offset) + INDENT
    : indentOf(source, last.offset);
  const at = end + (rest?.[0].length ?? 0);
  return changed(source, [...missing, insert(at, lineEndOf(source) + indent + item + habit)]);
}

/** The source without one element of a list in brackets, and without the comma that goes with it. */
export function withoutItem(source: string, list: Spot, index: number): string {
  const item = list.items[index]!;
  const own = commaAfter(source, item.end);
  const before = list.items[index - 1];
  const comma = own ?? (before === undefined ? null : commaAfter(source, before.end));
  if (comma === null) return changed(source, [tidy(source, item.offset, item.end)]);
  const from = Math.min(item.offset, comma);
  const to = Math.max(item.end, comma + 1);
  const between = own === null ? source.slice(comma + 1, item.offset) : source.slice(item.end, own);
  if (/^[ \t]*$/.test(between)) return changed(source, [tidy(source, from, to)]);
  const lone = wholeLine(source, comma, comma + 1) ?? cut(comma, comma + 1);
  return changed(source, [tidy(source, item.offset, item.end), lone]);
}

/** How lines end in this source. */
export function lineEndOf(source: string): "\n" | "\r\n" {
  const end = source.indexOf("\n");
  return end > 0 && source[end - 1] === "\r" ? "\r\n" : "\n";
}

/** The blanks at the start of the line that holds an offset. */
export function indentOf(source: string, offset: number): string {
  return matchAt(BLANKS, source, lineStart(source, offset))![0];
}

function firstItem(source: string, list: Spot, item: string): Change {
  const close = list.end - 1;
  if (!source.slice(list.offset, close).includes("\n")) {
    return { from: list.offset + 1, to: close, text: item };
  }
  const indent = indentOf(source, close) + INDENT;
  return insert(lineStart(source, close), `${indent}${item},${lineEndOf(source)}`);
}

/** Where the comma of an element stands; null for a last one without. */
function commaAfter(source: string, itemEnd: number): number | null {
  const at = itemEnd + matchAt(VOID, source, itemEnd)![0].length;
  return source[at] === "," ? at : null;
}

/** Cuts out an element with the blanks, or the line, that were there for it. */
function tidy(source: string, from: number, to: number): Change {
  const line = wholeLine(source, from, to);
  if (line !== null) return line;
  const start = from - /[ \t]*$/.exec(source.slice(0, from))![0].length;
  const end = to + matchAt(BLANKS, source, to)![0].length;
  const isLineStart = start === 0 || source[start - 1] === "\n";
  if (isLineStart || !/[\]\r\n]/.test(source[end] ?? "\n")) return cut(from, end);
  return source[start - 1] === "[" ? cut(start, end) : cut(start, to);
}

/** The lines of a piece of text that has them to itself; null where it has not. */
function wholeLine(source: string, from: number, to: number): Change | null {
  const start = lineStart(source, from);
  const end = matchAt(LINE_END, source, to);
  if (end === null || !/^[ \t]*$/.test(source.slice(start, from))) return null;
  return cut(start, to + end[0].length);
}

function lineStart(source: string, offset: number): number {
  return source.lastIndexOf("\n", offset - 1) + 1;
}

function matchAt(pattern: RegExp, source: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(source);
}

function insert(at: number, text: string): Change {
  return { from: at, to: at, text };
}

function cut(from: number, to: number): Change {
  return { from, to, text: "" };
}

/** Changes at one place happen in their order. */
function changed(source: string, changes: readonly Change[]): string {
  let text = "";
  let at = 0;
  for (const { from, to, text: put } of changes.toSorted((a, b) => a.from - b.from)) {
    text += source.slice(at, from) + put;
    at = to;
  }
  return text + source.slice(at);
}
