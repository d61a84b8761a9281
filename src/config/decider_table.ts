// `[network.decider]`: who is asked about a request that no rule names, before a person is.
import { absolutePath, folderOf, isAbsolute } from "./file_path.ts";
import { isPath } from "./path_key.ts";
import type { Layer } from "./source_layers.ts";
import type { Findings } from "./toml/findings.ts";
import type { JsonSchema } from "./toml/json_schema.ts";
import type { Entry, LocatedTable, Place } from "./toml/located.ts";
import {
  key,
  type Keys,
  readTable,
  readText,
  readTexts,
  readWhole,
  tableSchema,
  wrong,
} from "./toml/value_readers.ts";
import { parseWebhookUrl } from "./webhook_url.ts";

/** A program: its words as they are executed, and the folder that it runs in. */
export interface DeciderCommand {
  readonly kind: "command";
  /** The first is an absolute path, or a bare name to be found in `PATH`. */
  readonly words: readonly [string, ...string[]];
  readonly folder: string;
}

/** A server. */
export interface DeciderUrl {
  readonly kind: "url";
  readonly url: URL;
}

/** Who decides about what no rule names. */
export interface DeciderConfig {
  readonly asks: DeciderCommand | DeciderUrl;
  /** How long an answer may take. */
  readonly timeoutMs: number;
  /** How many questions may be open at once. */
  readonly concurrency: number;
}

/** `[network.decider]` as it is written. */
export interface DeciderTable {
  readonly command: readonly string[];
  readonly url: string;
  readonly timeout_seconds: number;
  readonly concurrency: number;
}

/** No client waits longer for the first byte of an answer without a person being asked. */
const TIMEOUT_SECONDS_MAX = 60;
/** Each is a request of a client that waits. */
const CONCURRENCY_MAX = 1024;
/** More fit no command line. */
const WORDS_MAX = 256;

const KEYS: Keys<DeciderTable> = {
  command: key(readTexts, "program and its arguments, started without a shell"),
  url: key(readText, "URL that is asked instead: https, or http to this machine"),
  timeout_seconds: key(
    readWhole(1, TIMEOUT_SECONDS_MAX),
    "how long an answer may take; then the request is denied",
  ),
  concurrency: key(
    readWhole(1, CONCURRENCY_MAX),
    "how many questions may be open at once; one more is denied",
  ),
};

/** What is not written. */
export const DECIDER_DEFAULTS: DeciderTable = {
  command: [],
  url: "",
  timeout_seconds: 5,
  concurrency: 64,
};

/** What `decider` takes. */
export const DECIDER_SCHEMA: JsonSchema = {
  description: "A program or a server that decides about a request that no rule names",
  ...tableSchema({ keys: KEYS }, DECIDER_DEFAULTS),
};

/** The files that were read: each at the rank of what stands in it. */
export type RankedLayers = readonly Pick<Layer, "name">[];

/**
 * Reads `decider` of `[network]`; null where it is not written, or emptied by a higher layer. A file of a project must
 * not have any of it: it would choose who decides, and start programs.
 */
export async function readDecider(
  network: LocatedTable,
  layers: RankedLayers,
  findings: Findings,
): Promise<DeciderConfig | null> {
  const entry = network.entries.get("decider");
  if (entry === undefined) return null;
  if (refusedToProjects(entry, layers, findings)) return null;
  if (entry.value.kind !== "table") {
    wrong(entry.value, "decider", "a table: write [network.decider]", findings);
    return null;
  }
  const table = entry.value;
  const read = readTable(table, {
    where: "[network.decider]",
    keys: KEYS,
    defaults: DECIDER_DEFAULTS,
  }, findings);
  const asks = await readAsks(entry, table, read, findings);
  if (asks === null) return null;
  return { asks, timeoutMs: read.timeout_seconds * 1000, concurrency: read.concurrency };
}

function refusedToProjects(
  { key, value }: Entry,
  layers: RankedLayers,
  findings: Findings,
): boolean {
  const inside = value.kind === "table" ? [...value.entries.values()].map(({ key }) => key) : [];
  const place = [...inside, value.place, key].find(({ rank }) => layers[rank]?.name === "project");
  if (place === undefined) return false;
  findings.fault(
    place,
    '"decider" is not for the file of a project, which would choose who decides: ' +
      "write it into the file of your home folder",
  );
  return true;
}

async function readAsks(
  { key }: Entry,
  table: LocatedTable,
  { command, url }: DeciderTable,
  findings: Findings,
): Promise<DeciderConfig["asks"] | null> {
  const hasUrl = url.trim() !== "";
  if (command.length > 0 && hasUrl) {
    const place = table.entries.get("url")!.key;
    findings.fault(place, 'both "command" and "url" are written: one decider decides, remove one');
    return null;
  }
  if (hasUrl) return readUrl(table.entries.get("url")!.value.place, url, findings);
  const [program, ...args] = command;
  if (program !== undefined) return await readCommand(table, [program, ...args], findings);
  if (table.entries.has("command") || table.entries.has("url")) return null;
  findings.fault(key, '"decider" names nobody who decides: write "command" or "url"');
  return null;
}

function readUrl(place: Place, text: string, findings: Findings): DeciderUrl | null {
  const url = parseWebhookUrl(text);
  if (url instanceof URL) return { kind: "url", url };
  findings.fault(place, `"decider.url" names no server to ask: ${url.why}`);
  return null;
}

async function readCommand(
  table: LocatedTable,
  [program, ...args]: readonly [string, ...string[]],
  findings: Findings,
): Promise<DeciderCommand | null> {
  const { place } = table.entries.get("command")!.value;
  const fault = (message: string) => {
    findings.fault(place, `"decider.command" ${message}`);
    return null;
  };
  if (args.length >= WORDS_MAX) return fault(`has more than ${WORDS_MAX} words`);
  if (!isPath(program)) return fault("begins with no name of a program");
  if (args.some((word) => word.includes("\0"))) return fault("has a NUL in it");
  const folder = folderAt(place);
  const { os } = Deno.build;
  const isBare = !(os === "windows" ? /[\\/]/ : /\//).test(program);
  const path = isBare ? program : absolutePath(program, folder, os);
  if (!isBare && !await isFile(path)) {
    return fault("names a program that does not exist, or is no file: write its path");
  }
  return { kind: "command", words: [path, ...args], folder };
}

/** The folder of the file that a value is in; for one of `-c` the current one. */
function folderAt({ origin }: Place): string {
  const { os } = Deno.build;
  const folder = origin.line === null ? "." : folderOf(origin.file, os);
  return isAbsolute(folder, os) ? folder : absolutePath(folder, Deno.cwd(), os);
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then(({ isFile }) => isFile, () => false);
}
