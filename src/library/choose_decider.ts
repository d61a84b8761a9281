import type { Config } from "../config/config.ts";
import { ConfigError } from "../config/errors.ts";
import { type DeciderSettings, type OpenDecider, openDecider } from "./deciders/open_decider.ts";
import type { Machine } from "./machine.ts";

/** How long a function has for its answer where nobody says otherwise. */
export const FUNCTION_TIMEOUT_MS = 5000;

/** How many questions it is asked at once where nobody says otherwise. */
export const FUNCTION_CONCURRENCY = 64;

/**
 * Who is asked about what no rule names: the program's function, or whom the configuration names; null for nobody.
 *
 * @throws {ConfigError} where there are two
 */
export function chooseDecider(
  program: DeciderSettings | null,
  { decider, originOf }: Config,
): DeciderSettings | null {
  if (program === null || decider === null) return program ?? decider;
  const origin = originOf("network.decider.command") ?? originOf("network.decider.url") ??
    { file: "config", line: null, column: null };
  const message = '"decider" and policyDecider() of the program are two: leave one out';
  throw new ConfigError([{ origin, message }]);
}

/** Opens whoever is asked; null for nobody. Nothing is started before the first question. */
export function openChosen(
  settings: DeciderSettings | null,
  { secretVariables }: Config,
  machine: Machine,
  diagnose: (line: string) => void,
): OpenDecider | null {
  if (settings === null) return null;
  const { startDecider: startHelper, env, clock, resolve, dial, startTls } = machine;
  const ports = { startHelper, env, clock, resolve, dial, startTls };
  return openDecider(settings, { ...ports, secretVariables, diagnose });
}
