import type { ConfigSource, NetworkConfig } from "./config.ts";
import { type ConfigFile, readConfigFile } from "./config_file.ts";
import type { Findings } from "./toml/findings.ts";
import { concernsUs, type NetworkShape, networkShape } from "./network_shapes.ts";
import { DEFAULT_NETWORK, EMBEDDED_NETWORK } from "./network_table.ts";
import { withEntry } from "./surfaces/domain_map.ts";
import { alignFeature } from "./surfaces/feature.ts";
import { refuseLostHooks } from "./surfaces/mitm_table.ts";
import { resolve, type Resolved } from "./surfaces/resolve.ts";
import { describe, quote } from "./toml/printable.ts";
import { isSecretKey } from "./toml/printable_override.ts";
import {
  emptyTable,
  type Located,
  type LocatedTable,
  mergeTables,
  type Place,
} from "./toml/located.ts";
import { parseOverride } from "./toml/override_flag.ts";
import { parseTomlDocument } from "./toml/toml_document.ts";

/** A file that may say something, and whether it does. */
export interface Layer {
  readonly name: "system" | "user" | "profile" | "project";
  readonly file: string;
  readonly state: "read" | "absent" | "disabled";
  /** Why it is not read, for a person; null where nothing needs to be said. */
  readonly why: string | null;
}

/** Everything that was written, merged. */
export interface SourceLayers {
  /** Holds `network` in today's form, and what else is ours as it was written. */
  readonly table: LocatedTable;
  /** The same with `network` as it was written, its maps too. */
  readonly written: LocatedTable;
  /** How `network` was found. */
  readonly resolved: Resolved;
  /** What keys have that nobody wrote. */
  readonly defaults: NetworkConfig;
  /** The file, or `built-in`. */
  readonly file: string;
  /** Every file, lowest first. */
  readonly layers: readonly Layer[];
}

/** Above the ranks of all files. */
export const FLAG_RANK = 1000;

/** Reads the files and lays the `-c` flags over them, the later over the earlier. */
export async function readLayers(source: ConfigSource, findings: Findings): Promise<SourceLayers> {
  const read = await readFiles(source, findings);
  const files = read.flatMap(({ shape }) => shape ?? []);
  const file = mainFile(read);
  const nothing = { table: emptyTable(filePlace(file)), legacy: null };
  const flags = source.overrides.map((flag, index) => flagShape(flag, index, findings));
  const shapes = [nothing, ...files, ...flags];
  const root = shapes.map(({ table }) => table).reduce((below, above) =>
    laidOver(below, above, findings)
  );
  const legacy = shapes.find((shape) => shape.legacy !== null) ?? null;
  if (legacy?.legacy) findings.notice(legacy.legacy, oldSpelling(root, files.includes(legacy)));
  const resolved = resolve({
    files: files.map(({ table }) => table),
    flags: flags.map(({ table }) => table),
    root,
  }, findings);
  return {
    table: withNetwork(root, resolved),
    written: root,
    resolved,
    defaults: files.length === 0 ? EMBEDDED_NETWORK : DEFAULT_NETWORK,
    file,
    layers: read.map(({ layer }) => layer),
  };
}

/** The same document with the policy that it comes to; as it is, where that says nothing. */
function withNetwork(
  root: LocatedTable,
  { network, selection: { surface } }: Resolved,
): LocatedTable {
  const written = root.entries.get("network");
  if (written === undefined && network.entries.size === 0) return root;
  // Flags over a profile do not make it stand where they do.
  const key = written === undefined || surface === "profile" ? network.place : written.key;
  return withEntry(root, "network", { key, value: network });
}

/** The place of everything in a file that has no line of its own. */
export function filePlace(file: string): Place {
  return { origin: { file, line: null, column: null }, rank: 0, flag: null };
}

interface ReadLayer {
  readonly layer: Layer;
  /** Null where it says nothing. */
  readonly shape: NetworkShape | null;
}

/** Every file that there may be, lowest first. */
async function readFiles(source: ConfigSource, findings: Findings): Promise<readonly ReadLayer[]> {
  const { systemFile, homeFile, foreignKeys = false, profileFile, project, text } = source;
  const user = source.file ?? homeFile;
  const all: ReadLayer[] = [];
  const add = (name: Layer["name"], read: ConfigFile & { file: string }, isForeign: boolean) => {
    all.push(layerOf(name, read, isForeign, all.length, findings));
  };
  if (systemFile !== undefined) add("system", await readNamed(systemFile, true), false);
  if (user !== undefined) {
    const isNamed = source.file !== undefined;
    add("user", await readNamed(user, !isNamed), !isNamed && foreignKeys);
  }
  if (text !== undefined) {
    const { name: file, toml } = text;
    add("user", { kind: "text", file, text: toml }, false);
  }
  if (profileFile !== undefined) add("profile", await readNamed(profileFile, false), false);
  if (project?.trusted === true) project.files.forEach((read) => add("project", read, false));
  else {
    const why = "the project is not trusted: --trust-project reads it";
    const layers =
      project?.paths.map((file) => ({ name: "project", file, state: "disabled", why } as const)) ??
        [];
    all.push(...layers.map((layer) => ({ layer, shape: null })));
  }
  return all;
}

async function readNamed(file: string, mayBeAbsent: boolean) {
  return { ...await readConfigFile(file, mayBeAbsent), file };
}

function layerOf(
  name: Layer["name"],
  read: ConfigFile & { readonly file: string },
  isForeign: boolean,
  rank: number,
  findings: Findings,
): ReadLayer {
  const { file } = read;
  const layer = (state: Layer["state"], why: string | null = null): Layer => ({
    name,
    file,
    state,
    why,
  });
  if (read.kind === "absent") return { layer: layer("absent"), shape: null };
  const root = read.kind === "text" ? parseTomlDocument(read.text, file, rank) : read;
  if (root.kind === "bad") {
    findings.fault({ ...root.place, rank }, root.message);
    return { layer: layer("read"), shape: { table: emptyTable(root.place), legacy: null } };
  }
  if (isForeign && !concernsUs(root)) {
    const why = "it is another program's, and says nothing of the network";
    return { layer: layer("disabled", why), shape: null };
  }
  return { layer: layer("read"), shape: networkShape(root, isForeign, findings) };
}

/** The file that the configuration is called by: the user's own before the system's. */
function mainFile(read: readonly ReadLayer[]): string {
  const isRead = (name: Layer["name"]) =>
    read.find(({ layer, shape }) => layer.name === name && shape !== null)?.layer.file;
  return isRead("user") ?? isRead("system") ?? isRead("profile") ?? isRead("project") ?? "built-in";
}

function laidOver(below: LocatedTable, above: LocatedTable, findings: Findings): LocatedTable {
  const [under, over] = alignFeature(below, above);
  const exported = under.entries.get("otel")?.value;
  return mergeTables(under, over, (key, lost, by) => {
    refuseLostHooks(key, lost, by, findings);
    if (lost.kind === "table") return;
    const isSecret = exported !== undefined && isWithin(exported, lost);
    const what = isSecret
      ? "its value"
      : lost.kind === "list"
      ? "its list"
      : isSecretKey(key)
      ? "its URL"
      : describe(lost);
    findings.notice(by, `${quote(key)} becomes a table: ${what} is lost`);
  });
}

function isWithin(whole: Located, part: Located): boolean {
  return whole === part ||
    (whole.kind === "table" &&
      [...whole.entries.values()].some(({ value }) => isWithin(value, part)));
}

function flagShape(flag: string, index: number, findings: Findings): NetworkShape {
  const root = parseOverride(flag, FLAG_RANK + index + 1);
  if (root.kind === "table") return networkShape(root, false, findings);
  findings.fault(root.place, root.message);
  return { table: emptyTable(root.place), legacy: null };
}

function oldSpelling(table: LocatedTable, isInFile: boolean): string {
  const network = table.entries.get("network")?.value;
  const renamed = "[network_proxy] is the old spelling: write [network], " +
    "and the keys of [network_proxy.policy] directly under it";
  const bindingIsWritten = network?.kind === "table" && network.entries.has("allow_local_binding");
  if (!isInFile || bindingIsWritten) return renamed;
  // The one default that was tighter then.
  return `${renamed}; "allow_local_binding" is true unless the file says false, it once was false`;
}
