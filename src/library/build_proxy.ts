import { type Config, type ConfigSource, loadConfig } from "../config/config.ts";
import { configHome } from "../config/config_home.ts";
import { loadRequirements } from "../config/requirements/load_requirements.ts";
import type { FileState } from "../config/file_state.ts";
import { lookAt } from "../config/watch_config.ts";
import { formatSocketAddress, type SocketAddress } from "../net/address/endpoint.ts";
import { LOOPBACK_IPV4 } from "../net/address/ip.ts";
import { formatOrigin } from "../policy/rule.ts";
import { type ListenAt, type Listening, openListeners } from "../proxy/listening.ts";
import { chooseDecider } from "./choose_decider.ts";
import type { DeciderSettings } from "./deciders/open_decider.ts";
import { requirementsFiles } from "./follow_requirements.ts";
import type { Machine } from "./machine.ts";
import type { ProxySettings } from "./network_proxy_builder.ts";
import { type AdminListener, openAdminListener } from "./open_admin_listener.ts";
import { requirementsSource } from "./requirements_source.ts";
import { workerCount } from "./workers/worker_count.ts";

/** Requirements are waited for as long as their own limits say. */
const NEVER = new AbortController().signal;

/** A port that nobody else knows. */
const ANY_LOOPBACK_PORT: SocketAddress = { ip: LOOPBACK_IPV4, port: 0 };

/** What a built proxy holds until it runs. */
export interface BuiltProxy {
  readonly settings: ProxySettings;
  readonly machine: Machine;
  readonly config: Config;
  readonly source: ConfigSource;
  readonly imposed: ReturnType<typeof requirementsSource>;
  /** What the requirements' files were before they were read. */
  readonly seen: ReadonlyMap<string, FileState | null>;
  /** Who is asked about what no rule names; null for nobody. */
  readonly decider: DeciderSettings | null;
  /** Null where there is nothing to run, and why. */
  readonly open: OpenSockets | null;
  readonly off: string | null;
}

/** The sockets that are taken. */
export interface OpenSockets {
  readonly at: ListenAt;
  readonly listeners: readonly Listening[];
  readonly admin: AdminListener | null;
}

/** Reads the configuration, and takes the ports. */
export async function buildProxy(settings: ProxySettings, machine: Machine): Promise<BuiltProxy> {
  const imposed = requirementsSource(settings.requirements, machine);
  const home = configHome(machine.env, machine.os)?.home;
  const source: ConfigSource = {
    ...settings.source,
    ...(home === undefined ? {} : { home }),
    overrides: settings.managed ? [] : addressOverrides(settings),
    allow: [],
    deny: [],
    env: machine.env,
    requirements: () => loadRequirements(imposed, NEVER),
  };
  const seen = await lookAt(requirementsFiles(imposed));
  const config = await loadConfig(source);
  for (const { origin, message } of config.notices) {
    settings.onDiagnostic(`${formatOrigin(origin)}: ${message}`);
  }
  const decider = chooseDecider(settings.decider, config);
  if (decider !== null && !config.permitsDecider) {
    settings.onDiagnostic("The requirements leave nothing to decide: the decider is not asked");
  }
  const off = whyOff(config);
  const open = off === null ? openSockets(settings, config, machine) : null;
  return { settings, machine, config, source, imposed, seen, decider, open, off };
}

/** What is said to the builder counts more than the file, and is checked and clamped like it. */
function addressOverrides({ httpUrl, socksUrl, adminUrl }: ProxySettings): readonly string[] {
  const urls = { proxy_url: httpUrl, socks_url: socksUrl, admin_url: adminUrl };
  return Object.entries(urls).flatMap(([key, url]) =>
    url === null ? [] : [`network.${key}=${JSON.stringify(url)}`]
  );
}

/**
 * Why there is to be no proxy; null where there is. Who builds one wants it, unless it is written off. A permission
 * profile, or a sandbox mode, starts one only with the feature that is its switch.
 */
export function whyOff({ off, switched }: Config): string | null {
  if (off !== null) return off.why;
  if (switched.proxy === "on") return null;
  return switched.network === "enabled"
    ? "features.network_proxy is not on: the network is enabled, without a proxy"
    : "the network is restricted: there is nothing for a proxy to let through";
}

function openSockets(settings: ProxySettings, config: Config, machine: Machine): OpenSockets {
  const at = listenAt(settings, config);
  const listeners = listening({ ...at, forSeveral: workerCount(config, machine) > 1 });
  try {
    const adminAt = settings.managed ? ANY_LOOPBACK_PORT : config.adminAddress;
    const admin = settings.adminUrl === null
      ? null
      : openAdminListener(adminAt, settings, machine.clock);
    return { at, listeners, admin };
  } catch (error) {
    for (const { listener } of listeners) listener.close();
    throw error;
  }
}

/** Ports that are required are taken, whoever manages them. */
function listenAt({ managed }: ProxySettings, config: Config): ListenAt {
  const { proxyAddress, socksAddress, requirements } = config;
  if (!managed) return { listen: proxyAddress, socks: socksAddress };
  const { http_port: http, socks_port: socks } = requirements.values;
  return {
    listen: http === null ? ANY_LOOPBACK_PORT : proxyAddress,
    socks: socksAddress === null || socks !== null ? socksAddress : ANY_LOOPBACK_PORT,
  };
}

function listening(at: ListenAt): readonly Listening[] {
  try {
    return openListeners(at);
  } catch (error) {
    const isSocks = error instanceof Error && error.cause !== undefined;
    const address = isSocks && at.socks !== "shared" && at.socks !== null ? at.socks : at.listen;
    const why = isSocks ? error.cause : error;
    const message = why instanceof Error ? why.message : String(why);
    throw new Error(`Cannot listen on ${formatSocketAddress(address)}: ${message}`, {
      cause: error,
    });
  }
}
