import type { Config } from "../../config/config.ts";
import { ConfigError } from "../../config/errors.ts";
import { WORKERS_MAX } from "../../config/workers_key.ts";
import type { Machine } from "../machine.ts";

/**
 * How many isolates accept, the main one among them.
 *
 * @throws {ConfigError} when there are to be several where there is but one
 */
export function workerCount(
  { network: { workers }, originOf, sources }: Pick<Config, "network" | "originOf" | "sources">,
  { workers: machine }: Pick<Machine, "workers">,
): number {
  if (machine !== null) {
    return workers === "auto" ? Math.max(1, Math.min(machine.cores, WORKERS_MAX)) : workers;
  }
  if (workers === 1 || workers === "auto") return 1;
  const origin = originOf("network.workers") ??
    { file: sources[0] ?? "built-in", line: null, column: null };
  const message = '"workers" is more than 1, and there are none here: only Deno has them';
  throw new ConfigError([{ origin, message }]);
}
