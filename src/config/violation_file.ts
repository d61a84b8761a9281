import type { NetworkConfig } from "./config.ts";
import { readPathKey } from "./path_key.ts";
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
  return readPathKey(table, "violation_file", network.violation_file, findings);
}
