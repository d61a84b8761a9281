import { attributedBy } from "../audit/attribution.ts";
import { type ConfigSource, loadConfig } from "../config/config.ts";
import { configText } from "../config/config_text.ts";
import { ConfigError } from "../config/errors.ts";
import type { LiveConfig } from "../config/live_config.ts";
import { formatSocketAddress } from "../net/address/endpoint.ts";
import type { Rule } from "../policy/rule.ts";
import { AdminError } from "../proxy/admin_error.ts";
import type { RunningProxy } from "../proxy/proxy.ts";
import type { BuiltProxy } from "./build_proxy.ts";
import type { ProxyAddresses } from "./network_proxy.ts";
import type { ConfigObject } from "./network_proxy_builder.ts";
import type { EnvOptions, NetworkProxyHandle } from "./network_proxy_handle.ts";
import { listenerEnv, type ListenersOf } from "./listener_env.ts";
import type { OpenAuthority } from "./open_authority.ts";
import type { ProxyEnding } from "./proxy_ending.ts";

/** What open connections get to finish. */
const GRACE_MS = 5000;

/** Everything that runs. */
export interface Running {
  readonly built: Pick<BuiltProxy, "settings" | "machine" | "source">;
  readonly addresses: ProxyAddresses;
  /** That of the admin API; null without one. */
  readonly token: string | null;
  readonly trust: OpenAuthority | null;
  readonly proxy: RunningProxy;
  readonly live: LiveConfig;
  readonly end: ProxyEnding;
}

/** What the embedding program gets of a proxy that runs. */
export function handleOf(
  { built, addresses, token, trust, proxy, live, end }: Running,
): NetworkProxyHandle {
  const { settings: { attribution }, machine, source } = built;
  const envFor = (at: ListenersOf, options: EnvOptions = {}) => {
    const facts = { ...at, config: live.config, trust, attempt: options.attemptId ?? null };
    return listenerEnv(facts, options.inherited ?? machine.env);
  };
  return {
    addresses,
    inactive: null,
    adminToken: token,
    get audit() {
      return { records: proxy.audit.total, sinks: proxy.audit.sinks };
    },
    env: (options) => envFor(proxy, options),
    addListener: (part) => {
      const added = proxy.addListener(attributedBy(part, attribution));
      const { address } = added;
      const socksAddress = proxy.socksAddress === null ? null : address;
      return {
        address: formatSocketAddress(address),
        env: (options) => envFor({ address, socksAddress }, options),
        [Symbol.asyncDispose]: () => added[Symbol.asyncDispose](),
      };
    },
    blocked: (after) => proxy.blocked.after(after),
    allow: (pattern) => addRule("allow", pattern, proxy, live),
    deny: (pattern) => addRule("deny", pattern, proxy, live),
    setMode: async (mode) => void await proxy.policy.everywhere(proxy.policy.setMode(mode)),
    replaceConfig: (next) => replaceConfig(next, source, live),
    wait: () => end.over,
    shutdown: (graceMs = GRACE_MS) => end.shutdown(graceMs),
    [Symbol.asyncDispose]: () => end.shutdown(0),
  };
}

async function addRule(
  list: Rule["list"],
  text: string,
  { policy }: RunningProxy,
  live: LiveConfig,
): Promise<void> {
  const pattern = await live.parsePattern(text);
  if (pattern.kind === "bad") throw new Error(`Cannot ${list} ${text}: ${pattern.why}`);
  const { change } = policy.add({ list, pattern, scope: { kind: "run" }, from: "runtime" });
  await policy.everywhere(change.closed);
}

/** Reads another configuration in the place of the one before, or that one again. */
async function replaceConfig(
  next: ConfigObject | string | undefined,
  { file: _, ...rest }: ConfigSource,
  live: LiveConfig,
): Promise<void> {
  try {
    if (next === undefined) return void await live.reload();
    const toml = typeof next === "string" ? next : configText(next);
    await live.replace(() => loadConfig({ ...rest, text: { name: "config", toml } }));
  } catch (error) {
    // Whoever embeds a proxy is told as build() tells it: every fault, with its place.
    throw error instanceof AdminError && error.cause instanceof ConfigError ? error.cause : error;
  }
}
