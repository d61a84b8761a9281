import type { Notice } from "../config.ts";
import { ConfigError } from "../errors.ts";
import { Findings } from "../toml/findings.ts";
import { readRequirements } from "./read_requirements.ts";
import { NO_REQUIREMENTS, type Requirements } from "./requirements.ts";

/** Requirements without fault, and what a person should know of them. */
export interface LoadedRequirements {
  readonly requirements: Requirements;
  /** The files and URLs that say them, the most important first. */
  readonly sources: readonly string[];
  readonly notices: readonly Notice[];
}

/** What there is where nobody requires anything. */
export const NOTHING_REQUIRED: LoadedRequirements = {
  requirements: NO_REQUIREMENTS,
  sources: [],
  notices: [],
};

/** Reads a document. Rejects with a `ConfigError` that holds every fault. */
export async function parseRequirements(text: string, name: string): Promise<LoadedRequirements> {
  const findings = new Findings();
  const requirements = await readRequirements(text, name, findings);
  const faults = findings.faults();
  if (faults.length > 0) throw new ConfigError(faults);
  return { requirements, sources: [name], notices: findings.notices() };
}
