import type { ConfigSource, NetworkConfig } from "./config.ts";
import { readConfigFile } from "./config_file.ts";
import type { Findings } from "./toml/findings.ts";
import { concernsUs, type NetworkShape, networkShape } from "./network_shapes.ts";
import { DEFAULT_NETWORK, EMBEDDED_NETWORK } from "./network_table.ts";
import { describe, quote } from "./toml/printable.ts";
import { isSecretKey } from "./toml/printable_override.ts";
import { emptyTable, type LocatedTable, mergeTables, type Place } from "./toml/located.ts";
import { parseOverride } from "./toml/override_flag.ts";
import { type BadToml, parseTomlDocument } from "./toml/toml_document.ts";

/** Everything that was written, merged. */
export interface SourceLayers {
  /** Holds `network`, or nothing. */
  readonly table: LocatedTable;
  /** What keys have that nobody wrote. */
  readonly defaults: NetworkConfig;
  /** The file, or `built-in`. */
  readonly file: string;
}

/** Reads the file and lays the `-c` flags over it, the later over the earlier. */
export async function readLayers(source: ConfigSource, findings: Findings): Promise<SourceLayers> {
  const name = source.file ?? source.homeFile ?? "built-in";
  const foreign = source.file === undefined && source.foreignKeys === true;
  const root = await readRoot(source, name);
  const isAbsent = root === null || (foreign && root.kind === "table" && !concernsUs(root));
  const file = isAbsent ? "built-in" : name;
  const base = isAbsent ? nothing(file) : fileShape(root, foreign, findings);
  const shapes = [base, ...source.overrides.map((flag, index) => flagShape(flag, index, findings))];
  const table = shapes.map((shape) => shape.table).reduce((below, above) =>
    mergeTables(below, above, (key, lost, by) => {
      const what = lost.kind === "list"
        ? "its list"
        : isSecretKey(key)
        ? "its URL"
        : describe(lost);
      findings.notice(by, `${quote(key)} becomes a table: ${what} is lost`);
    })
  );
  const legacy = shapes.find((shape) => shape.legacy !== null)?.legacy ?? null;
  if (legacy !== null) findings.notice(legacy, oldSpelling(table, base));
  return { table, defaults: isAbsent ? EMBEDDED_NETWORK : DEFAULT_NETWORK, file };
}

/** The place of everything in a file that has no line of its own. */
export function filePlace(file: string): Place {
  return { origin: { file, line: null, column: null }, rank: 0, flag: null };
}

/** The document in the file, or what is wrong with it; null where there is none and need not be. */
async function readRoot(
  source: ConfigSource,
  name: string,
): Promise<LocatedTable | BadToml | null> {
  if (name === "built-in") return null;
  const read = await readConfigFile(name, source.file === undefined);
  if (read.kind === "absent") return null;
  return read.kind === "text" ? parseTomlDocument(read.text, name) : read;
}

function nothing(file: string): NetworkShape {
  return { table: emptyTable(filePlace(file)), legacy: null };
}

function fileShape(
  root: LocatedTable | BadToml,
  foreign: boolean,
  findings: Findings,
): NetworkShape {
  if (root.kind === "table") return networkShape(root, foreign, findings);
  findings.fault(root.place, root.message);
  return nothing(root.place.origin.file);
}

function flagShape(flag: string, index: number, findings: Findings): NetworkShape {
  const root = parseOverride(flag, index + 1);
  if (root.kind === "table") return networkShape(root, false, findings);
  findings.fault(root.place, root.message);
  return { table: emptyTable(root.place), legacy: null };
}

function oldSpelling(table: LocatedTable, base: NetworkShape): string {
  const network = table.entries.get("network")?.value;
  const renamed = "[network_proxy] is the old spelling: write [network], " +
    "and the keys of [network_proxy.policy] directly under it";
  const bindingIsWritten = network?.kind === "table" && network.entries.has("allow_local_binding");
  if (base.legacy === null || bindingIsWritten) return renamed;
  // The one default that was tighter then.
  return `${renamed}; "allow_local_binding" is true unless the file says false, it once was false`;
}
