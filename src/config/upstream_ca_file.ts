import { whyNoRoots } from "../tls/certificate_facts.ts";
import type { NetworkConfig } from "./config.ts";
import { readPathKey } from "./path_key.ts";
import { readPemFile } from "./pem_file.ts";
import type { Findings } from "./toml/findings.ts";
import type { LocatedTable } from "./toml/located.ts";
import { quote } from "./toml/printable.ts";

/**
 * Reads `upstream_ca_file` of `[network]` into an absolute path, and looks whether that holds certificates of
 * authorities. Null where it is not written, or is empty.
 */
export async function readUpstreamCaFile(
  table: LocatedTable,
  network: Pick<NetworkConfig, "upstream_ca_file">,
  findings: Findings,
): Promise<string | null> {
  const path = readPathKey(table, "upstream_ca_file", network.upstream_ca_file, findings);
  if (path === null) return null;
  const read = await readPemFile(path);
  const why = read.kind === "bad" ? read.why : await whyNoRoots(read.text);
  if (why === null) return path;
  const { place } = table.entries.get("upstream_ca_file")!.value;
  findings.fault(place, `"upstream_ca_file" names no list of authorities: ${quote(path)}: ${why}`);
  return null;
}
