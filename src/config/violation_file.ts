import type { NetworkConfig } from "./config.ts";
import { absolutePath, folderOf, isAbsolute } from "./file_path.ts";
import type { Findings } from "./toml/findings.ts";
import type { LocatedTable } from "./toml/located.ts";

/**
 * Reads `violation_file` of `[network]` into an absolute path: one in a file is relative to the folder of that
 * file, one of `-c` to the current folder. Null where it is not written, or is empty.
 */
export function readViolationFile(
  table: LocatedTable,
  network: Pick<NetworkConfig, "violation_file">,
  findings: Findings,
): string | null {
  const place = table.entries.get("violation_file")?.value.place;
  const text = network.violation_file;
  if (place === undefined || text === "") return null;
  if (/[\0\r\n]/.test(text)) {
    findings.fault(place, '"violation_file" has a line end or a NUL in it: name a file');
    return null;
  }
  const os = Deno.build.os;
  const isInFile = place.origin.line !== null;
  const path = isInFile ? absolutePath(text, folderOf(place.origin.file, os), os) : text;
  // Asked for only where it counts: to be told the current folder takes leave to read it.
  return isAbsolute(path, os) ? path : absolutePath(path, Deno.cwd(), os);
}
