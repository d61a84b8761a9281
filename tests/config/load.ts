import { assertEquals } from "@std/assert";
import { type Config, type ConfigSource, loadConfig } from "../../src/config/config.ts";
import { ConfigError, type ConfigFault } from "../../src/config/errors.ts";
import type { LocatedTable, Place } from "../../src/config/toml/located.ts";
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

/** What was found, each as `line:column message`. */
export function print(findings: readonly ConfigFault[]): string[] {
  return findings.map(({ origin, message }) => `${where(origin)} ${message}`);
}
