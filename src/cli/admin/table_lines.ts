import { widthOf, widthOfAll, wrap } from "../printed/prose.ts";
import { type Line, paint, type Part } from "../printed/terminal.ts";
import { alignedLine, columnWidths, printable } from "./columns.ts";

/** A table to be printed. */
export interface Table {
  /** What the columns are called; null where every cell says what it is. */
  readonly header: readonly string[] | null;
  readonly rows: readonly (readonly string[])[];
  /** Where more rows follow: how wide the columns are at least. */
  readonly least?: readonly number[];
}

/** Between two cells of a folded row. */
const GAP = "  ";
/** With that much room the last cell is broken between words, and stays in its column. */
const LAST_COLUMNS_MIN = 24;
/** Where the rest of a folded row stands that begins with a long cell. */
const FOLD_INDENT = 4;
const FIRST_CELL_MAX = 6;

/**
 * A table as lines: in columns where the terminal has room for them. Where it has not each row is folded between its
 * cells, which then carry the names of their columns, and nothing stands below what it does not belong to.
 *
 * @param columns of the terminal; null for no limit
 */
export function tableLines(table: Table, columns: number | null): readonly Line[] {
  const { header, rows, least } = table;
  const all = header === null ? rows : [header, ...rows];
  const widths = columnWidths(all, least);
  const aligned = all.map((row) => alignedLine(row, widths));
  const last = widths.reduce((sum, width) => sum + width + GAP.length, 0);
  const fits = columns === null || last + LAST_COLUMNS_MIN <= columns ||
    aligned.every((line) => widthOf(line) <= columns);
  if (!fits) return rows.flatMap((row) => folded(row, header, columns));
  return aligned.flatMap((line, at) =>
    wrap([header !== null && at === 0 ? paint("faint", line) : line], columns, last)
  );
}

function folded(
  row: readonly string[],
  header: readonly string[] | null,
  columns: number,
): readonly Line[] {
  const [first = "", ...rest] = row.map(printable);
  const start = widthOf(first.trimStart());
  const leading = widthOf(first) - start;
  const hang = leading + (start <= FIRST_CELL_MAX ? start + GAP.length : FOLD_INDENT);
  const lines: Part[][] = [[first]];
  for (const [at, cell] of rest.entries()) {
    if (cell === "") continue;
    const label = header?.[at + 1]?.toLowerCase() ?? "";
    const item: Line = label === "" ? [cell] : [paint("faint", label), ` ${cell}`];
    const line = lines.at(-1)!;
    if (widthOfAll(line) + GAP.length + widthOfAll(item) <= columns) line.push(GAP, ...item);
    else lines.push(...wrap([" ".repeat(hang), ...item], columns, hang).map((part) => [...part]));
  }
  return lines;
}
