import { type Config, type ConfigSource, loadConfig } from "../config/config.ts";
import { LiveConfig } from "../config/live_config.ts";
import type { RunningProxy } from "../proxy/proxy.ts";
import { policyInForce } from "./policy_in_force.ts";
import { ruleFile } from "./rule_file.ts";
import type { Surroundings } from "./surroundings.ts";

/**
 * The configuration of a proxy that runs: read again as it was read, unless `load` reads it. `tell` is told what that
 * came to.
 */
export function liveConfig(
  config: Config,
  source: ConfigSource,
  proxy: Pick<RunningProxy, "policy" | "feed">,
  here: Pick<Surroundings, "clock">,
  tell: (line: string) => void,
  load: () => Promise<Config> = () => loadConfig(source),
): LiveConfig {
  return new LiveConfig({
    config,
    load,
    policyOf: policyInForce,
    policy: proxy.policy,
    feed: proxy.feed,
    file: ruleFile(source),
    now: () => here.clock.now(),
    tell,
  });
}
