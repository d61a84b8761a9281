import { type Config, loadConfig } from "../../config/config.ts";
import { ConfigError, type ConfigFault } from "../../config/errors.ts";
import type { LoadedRequirements } from "../../config/requirements/loaded_requirements.ts";
import type { Deadlines } from "../../net/time/deadlines.ts";
import type { PolicyFlags } from "../argv/command.ts";
import { configSourceWithSecrets, type SourceSurroundings } from "../config_source.ts";
import { unlessLate } from "./unless_late.ts";

/** What came of reading the files and flags. */
export type ReadConfig =
  | { readonly kind: "config"; readonly config: Config }
  | { readonly kind: "faults"; readonly faults: readonly ConfigFault[] };

/**
 * Reads the files and flags as `doorward start` does, under requirements that were read before. A URL of requirements
 * is asked nothing.
 */
export async function readConfig(
  flags: PolicyFlags,
  required: LoadedRequirements,
  here: SourceSurroundings,
): Promise<ReadConfig> {
  try {
    const source = await configSourceWithSecrets({ ...flags, requirements: null }, here);
    const requirements = () => Promise.resolve(required);
    return { kind: "config", config: await loadConfig({ ...source, requirements }) };
  } catch (error) {
    return { kind: "faults", faults: faultsOf(error) };
  }
}

/** The largest configuration takes a second or two. */
export const READ_MS = 5000;

/** What is read, if it is in time: a disk that does not answer, a server's say, is not waited for. */
export async function inTime(
  reading: Promise<ReadConfig>,
  file: string,
  deadlines: Deadlines,
): Promise<ReadConfig> {
  const read = await unlessLate(deadlines, READ_MS, () => reading);
  if (read !== null) return read;
  const origin = { file, line: null, column: null };
  return { kind: "faults", faults: [{ origin, message: "it cannot be read in time" }] };
}

/** What holds where no file is read: the defaults, and what the flags say if they are without fault. */
export async function defaultConfig(flags: PolicyFlags, home: string | null): Promise<Config> {
  const nothing = { ...(home === null ? {} : { home }), overrides: [], allow: [], deny: [] };
  const { overrides, allow, deny } = flags;
  try {
    return await loadConfig({ ...nothing, overrides, allow, deny });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return await loadConfig(nothing);
  }
}

function faultsOf(error: unknown): readonly ConfigFault[] {
  if (error instanceof ConfigError) return error.faults;
  const isGone = error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.PermissionDenied;
  if (!isGone) throw error;
  const origin = { file: ".", line: null, column: null };
  return [{
    origin,
    message: "the current folder is gone, or cannot be read: change to another one",
  }];
}
