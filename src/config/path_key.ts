import { absolutePath, folderOf, isAbsolute } from "./file_path.ts";
import type { Findings } from "./toml/findings.ts";
import type { LocatedTable } from "./toml/located.ts";

/**
 * Makes the path of a key of `[network]` absolute: one in a file is relative to the folder of that file, one of
 * `-c` to the current folder. Null where it is not written, or is empty.
 */
export function readPathKey(
  table: LocatedTable,
  key: string,
  text: string,
  findings: Findings,
): string | null {
  const place = table.entries.get(key)?.value.place;
  if (place === undefined || text === "") return null;
  if (!isPath(text)) {
    findings.fault(place, `"${key}" has a line end or a NUL in it: name a file`);
    return null;
  }
  const os = Deno.build.os;
  const isInFile = place.origin.line !== null;
  const path = isInFile ? absolutePath(text, folderOf(place.origin.file, os), os) : text;
  // Asked for only where it counts: to be told the current folder takes leave to read it.
  return isAbsolute(path, os) ? path : absolutePath(path, Deno.cwd(), os);
}

/** Whether a text can be the path of a file. */
export function isPath(text: string): boolean {
  return text !== "" && !/[\0\r\n]/.test(text);
}
