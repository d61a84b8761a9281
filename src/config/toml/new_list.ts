// Where a key goes that a TOML document does not have yet.
import { indentOf, lineEndOf } from "./list_edit.ts";
import type { Spot } from "./toml_positions.ts";

/** The rest of a line, with its comment. */
const REST = /[^\r\n]*/y;

/**
 * The sources in which `line`, an assignment, stands in the table at `path`; the first that is TOML is right. In
 * a table with a header it is the last assignment. Without one, the table gets a header at the end, which TOML
 * does not allow where dotted keys made the table: there the line becomes one of them.
 */
export function withLine(
  source: string,
  root: Spot,
  path: readonly string[],
  line: string,
): readonly string[] {
  const table = path.reduce<Spot | undefined>((at, name) => at?.entries.get(name), root);
  if (table !== undefined && table.bodyEnd !== null) return [after(source, table.bodyEnd, line)];
  const header = withTable(source, path, [line]);
  if (table === undefined || root.bodyEnd === null) return [header];
  return [header, after(source, root.bodyEnd, `${path.join(".")}.${line}`)];
}

/** The source with a table at its end. */
export function withTable(
  source: string,
  path: readonly string[],
  lines: readonly string[],
): string {
  const end = lineEndOf(source);
  const isOpen = source !== "" && !source.endsWith("\n");
  const gap = source.trim() === "" ? "" : end;
  const table = [`[${path.join(".")}]`, ...lines].map((line) => line + end).join("");
  return `${source}${isOpen ? end : ""}${gap}${table}`;
}

/** Puts a line behind the one on which something ends. */
function after(source: string, offset: number, line: string): string {
  REST.lastIndex = offset;
  const at = offset + REST.exec(source)![0].length;
  const text = lineEndOf(source) + indentOf(source, offset) + line;
  return source.slice(0, at) + text + source.slice(at);
}
