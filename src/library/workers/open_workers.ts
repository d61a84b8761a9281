import type { Config } from "../../config/config.ts";
import { upstreamSettings } from "../../config/upstream_routes.ts";
import type { Workers } from "../../proxy/workers/workers.ts";
import type { Machine } from "../machine.ts";
import type { OpenAuthority } from "../open_authority.ts";
import { workerCount } from "./worker_count.ts";

/**
 * The workers of a proxy that is to be; null where the main isolate is alone, and nothing of them is loaded.
 *
 * @throws {ConfigError} when there are to be some where there are none
 */
export async function openWorkers(
  config: Config,
  trust: OpenAuthority | null,
  machine: Pick<Machine, "env" | "workers">,
): Promise<Workers | null> {
  const count = workerCount(config, machine) - 1;
  const { workers } = machine;
  if (count === 0 || workers === null) return null;
  const { workersOf } = await import("../../proxy/workers/crew.ts");
  const { tunnels, plain, bypass } = upstreamSettings(config, machine.env);
  return workersOf({
    count,
    start: workers.start,
    setup: {
      upstream: { tunnels, plain, bypass },
      interception: trust === null
        ? null
        : { authority: trust.authority.kept(), roots: trust.roots },
    },
  });
}
