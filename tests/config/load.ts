import { assertEquals } from "@std/assert";
import { type Config, type ConfigSource, loadConfig } from "../../src/config/config.ts";
import { ConfigError, type ConfigFault } from "../../src/config/errors.ts";
import type { Located, LocatedTable, Place } from "../../src/config/toml/located.ts";
import { parseTomlDocument } from "../../src/config/toml/toml_document.ts";
import type { Origin } from "../../src/policy/rule.ts";
import { schemaRefusal } from "../support/schema_agreement.ts";

/** What a test says besides the text of the file. */
export type Flags = Partial<Omit<ConfigSource, "file" | "homeFile">>;

/** Loads a configuration file of this text; null for none at all. What loads, the schema has to take. */
export async function load(text: string | null, flags: Flags = {}): Promise<Config> {
  const source = { overrides: [], allow: [], deny: [], ...flags };
  if (text === null) return await loadConfig(source);
  const homeFile = await Deno.makeTempFile({ suffix: ".toml" });
  try {
    await Deno.writeTextFile(homeFile, text);
    const config = await loadConfig({ ...source, homeFile });
    if (flags.foreignKeys !== true) assertEquals(schemaRefusal(text), null);
    return config;
  } finally {
    await Deno.remove(homeFile);
  }
}

/** The texts of files, lowest first. */
export interface Layers {
  readonly system?: string;
  readonly user?: string;
  readonly profile?: string;
  /** Trusted. */
  readonly project?: string;
}

/** Loads all of these files, each under its name and `.toml`. */
export async function loadLayers(
  layers: Layers,
  overrides: readonly string[] = [],
): Promise<Config> {
  const folder = await Deno.makeTempDir();
  const at = (name: string) => `${folder}/${name}.toml`;
  try {
    for (const [name, text] of Object.entries(layers)) await Deno.writeTextFile(at(name), text);
    const { project } = layers;
    const read = { kind: "text", file: "project.toml", text: project ?? "" } as const;
    return await loadConfig({
      systemFile: at("system"),
      homeFile: at("user"),
      ...(layers.profile === undefined ? {} : { profileFile: at("profile") }),
      ...(project === undefined ? {} : { project: { trusted: true, files: [read] } }),
      overrides,
      allow: [],
      deny: [],
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The faults of several files, each as `name:line:column message`. */
export async function faultsOfLayers(
  layers: Layers,
  overrides: readonly string[] = [],
): Promise<string[]> {
  try {
    await loadLayers(layers, overrides);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const folders = /(?<![\w.])\/\S*\//g;
    return error.faults.map(({ origin, message }) =>
      `${named(origin)} ${message.replaceAll(folders, "")}`
    );
  }
  return [];
}

/** `name:line:column` of a file, `-c` and its like elsewhere. */
export function named({ file, line, column }: Origin): string {
  const name = file.slice(file.lastIndexOf("/") + 1).replace(/\.toml$/, "");
  return line === null ? name : `${name}:${line}:${column}`;
}

/** The rules, each as `list text`. */
export function hostsOf({ policy }: Config): string[] {
  return policy.rules.map(({ list, text }) => `${list} ${text}`);
}

/** The faults of a configuration file of this text, each as `line:column message`. */
export async function faultsOf(text: string | null, flags: Flags = {}): Promise<string[]> {
  try {
    await load(text, flags);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return print(error.faults);
  }
  return [];
}

/** The notices of a configuration file of this text, each as `line:column message`. */
export async function noticesOf(text: string | null, flags: Flags = {}): Promise<string[]> {
  return print((await load(text, flags)).notices);
}

/** `line:column` in a file, `-c` and its like elsewhere. */
export function where({ file, line, column }: Origin): string {
  if (line !== null) return `${line}:${column}`;
  return file.endsWith(".toml") ? "file" : file;
}

/** Some place, for values that were made by a test. */
export const PLACE: Place = {
  origin: { file: "config.toml", line: 1, column: 1 },
  rank: 0,
  flag: null,
};

/** A table of this text, as it stands in `config.toml`. */
export function tableOf(text: string): LocatedTable {
  const table = parseTomlDocument(text, "config.toml");
  if (table.kind === "bad") throw new Error(table.message);
  return table;
}

/** A value without its places. */
export function plain(value: Located): unknown {
  switch (value.kind) {
    case "scalar":
      return value.value;
    case "list":
      return value.items.map(plain);
    case "table":
      return Object.fromEntries(
        [...value.entries].map(([key, entry]) => [key, plain(entry.value)]),
      );
  }
}

/** What was found, each as `line:column message`. */
export function print(findings: readonly ConfigFault[]): string[] {
  return findings.map(({ origin, message }) => `${where(origin)} ${message}`);
}
