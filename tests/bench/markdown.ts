/** What stands where there is nothing to tell. */
export const NOTHING = "—";

/** A table; the first columns are words, the others numbers. */
export function markdown(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  words = 1,
): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0))
  );
  const pad = (cell: string, column: number) =>
    column < words ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  const line = (cells: readonly string[]) => `| ${cells.map(pad).join(" | ")} |\n`;
  const rule = widths.map((width, column) =>
    column < words ? "-".repeat(width) : `${"-".repeat(width - 1)}:`
  );
  return `${line(header)}${line(rule)}${rows.map(line).join("")}`;
}

/** A number with as many digits as say something. */
export function shown(value: number | null): string {
  if (value === null || Number.isNaN(value)) return NOTHING;
  if (value >= 100) return Math.round(value).toLocaleString("en-US");
  return value.toFixed(value < 1 ? 2 : 1);
}

/** A ratio. */
export function ratio(value: number | null): string {
  return value === null ? NOTHING : value.toFixed(2);
}
