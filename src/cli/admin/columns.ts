import { escapeControls } from "../printed/escape_controls.ts";

/** Between two columns. */
const GAP = "  ";
/** A cell wider than this pushes its own line only, not those of all others. */
const WIDTH_MAX = 48;
/** The longest host name and its port fit; what is cut is no name. */
const CELL_CHARACTERS_MAX = 300;

/** The widths of columns in which these rows stand, at least so wide. The last has none. */
export function columnWidths(
  rows: readonly (readonly string[])[],
  least: readonly number[] = [],
): readonly number[] {
  const widths = [...least];
  for (const row of rows) {
    row.slice(0, -1).forEach((cell, at) => {
      const { length } = printable(cell);
      if (length <= WIDTH_MAX) widths[at] = Math.max(widths[at] ?? 0, length);
    });
  }
  return Array.from(widths, (width) => width ?? 0);
}

/** A row as one line. Of text from outside it is the escaped form that is measured. */
export function alignedLine(row: readonly string[], widths: readonly number[]): string {
  const cells = row.map(printable);
  return cells.map((cell, at) => at === cells.length - 1 ? cell : cell.padEnd(widths[at] ?? 0))
    .join(GAP).trimEnd();
}

/** A cell as it is printed: escaped, and cut where it is no name any more. */
export function printable(cell: string): string {
  const short = cell.length <= CELL_CHARACTERS_MAX
    ? cell
    : `${cell.slice(0, CELL_CHARACTERS_MAX)}…`;
  return escapeControls(short);
}
