import { readConfigFile } from "../config_file.ts";
import { ConfigError, type ConfigFault } from "../errors.ts";
import { joinPath } from "../file_path.ts";
import { combineRequirements } from "./combine_requirements.ts";
import {
  type LoadedRequirements,
  NOTHING_REQUIRED,
  parseRequirements,
} from "./loaded_requirements.ts";
import type { RemoteRequirements } from "./remote_requirements.ts";

/** Where requirements come from. All of them hold: see `combine_requirements.ts`. */
export interface RequirementsSource {
  /** The file of the system's administrator, which need not exist. It counts most. */
  readonly systemFile: string;
  /** What else was named: a file that must exist, or a URL; null for neither. */
  readonly named: string | RemoteRequirements | null;
}

/** Where the system's administrator writes them; where nobody said, the place that it has by itself. */
export function systemRequirementsFile(
  systemFolder: string | null,
  os: typeof Deno.build.os,
): string {
  const folder = os === "windows" ? "C:\\ProgramData\\Doorward" : "/etc/doorward";
  return joinPath(os, systemFolder ?? folder, "requirements.toml");
}

/**
 * Reads the requirements of every source. Rejects with a `ConfigError` that holds every fault: what cannot be read
 * is never taken for nothing.
 */
export async function loadRequirements(
  { systemFile, named }: RequirementsSource,
  signal: AbortSignal,
): Promise<LoadedRequirements> {
  const loads = [
    readFile(systemFile, true),
    ...(named === null
      ? []
      : [typeof named === "string" ? readFile(named, false) : named.load(signal)]),
  ];
  const loaded: LoadedRequirements[] = [];
  const faults: ConfigFault[] = [];
  for (const outcome of await Promise.allSettled(loads)) {
    if (outcome.status === "fulfilled") loaded.push(outcome.value);
    else if (outcome.reason instanceof ConfigError) faults.push(...outcome.reason.faults);
    else throw outcome.reason;
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return {
    requirements: combineRequirements(loaded.map(({ requirements }) => requirements)),
    sources: loaded.flatMap(({ sources }) => sources),
    notices: loaded.flatMap(({ notices }) => notices),
  };
}

async function readFile(file: string, mayBeAbsent: boolean): Promise<LoadedRequirements> {
  const read = await readConfigFile(file, mayBeAbsent);
  switch (read.kind) {
    case "absent":
      return NOTHING_REQUIRED;
    case "text":
      return await parseRequirements(read.text, file);
    case "bad":
      throw new ConfigError([{ origin: read.place.origin, message: read.message }]);
  }
}
