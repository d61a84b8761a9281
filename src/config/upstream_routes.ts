import type { SocketAddress } from "../net/address/endpoint.ts";
import { formatEndpoint } from "../net/address/endpoint.ts";
import { LOOPBACK_IPV4 } from "../net/address/ip.ts";
import { classifyHost } from "../policy/local_target.ts";
import { interfacesTo, ownListeners } from "../proxy/own_listeners.ts";
import type { UpstreamRoutes } from "../proxy/upstream/choose_upstream.ts";
import type { UpstreamProxy } from "../proxy/upstream/upstream_proxy.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./errors.ts";
import { parseNoProxy } from "./no_proxy.ts";
import { quote } from "./toml/printable.ts";
import { parseUpstreamUrl } from "./upstream_url.ts";

/** The variables of a process. */
type Env = Readonly<Record<string, string>>;

/** Which upstream proxies there are, and what to tell the person who starts Doorward. */
export interface UpstreamSettings extends UpstreamRoutes {
  /** One sentence each. */
  readonly warnings: readonly string[];
}

/** In the order in which they are asked. */
const FOR_TUNNELS = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];
const FOR_PLAIN = ["HTTP_PROXY", "http_proxy"];
const FOR_ALL = ["ALL_PROXY", "all_proxy"];
const EXCEPTIONS = ["NO_PROXY", "no_proxy"];

/** What could not be read of `NO_PROXY` is shown up to this many entries. */
const UNREAD_SHOWN = 5;

/**
 * Settles by which proxies the network is reached: by `upstream_proxy` of the configuration if that is written,
 * else by what the environment says, and by none while `allow_upstream_proxy` is off. In the environment the
 * first variable with a value that can be used counts. `NO_PROXY` holds for either.
 */
export function upstreamSettings(
  { network, upstreamProxy }: Pick<Config, "network" | "upstreamProxy">,
  env: Env,
): UpstreamSettings {
  if (!network.allow_upstream_proxy) {
    return { tunnels: null, plain: null, bypass: [], warnings: [] };
  }
  const bad = new Map<string, string>();
  const routes = upstreamProxy === null
    ? {
      tunnels: firstProxy([...FOR_TUNNELS, ...FOR_ALL], env, bad),
      plain: firstProxy([...FOR_PLAIN, ...FOR_ALL], env, bad),
    }
    : { tunnels: upstreamProxy, plain: upstreamProxy };
  if (routes.tunnels === null && routes.plain === null) {
    return { ...routes, bypass: [], warnings: [...bad.values()] };
  }
  const name = EXCEPTIONS.find((name) => valueOf(name, env) !== "") ?? "";
  const exceptions = valueOf(name, env);
  const { entries, unread } = parseNoProxy(exceptions);
  return {
    ...routes,
    bypass: entries,
    warnings: [...bad.values(), ...unreadWarning(name, exceptions, unread)],
  };
}

/**
 * Refuses to go through ourselves: every request would come back. Only what can be told without a look-up; a
 * name is asked about again when it is dialled.
 *
 * @throws {ConfigError} that names the variable, or the place
 */
export function refuseOwnListeners(
  settings: Pick<UpstreamSettings, "tunnels" | "plain">,
  listeners: readonly SocketAddress[],
): void {
  const proxy = ownProxy(settings, listeners);
  if (proxy === null) return;
  const { endpoint, source } = proxy;
  throw new ConfigError([{
    origin: { file: source, line: null, column: null },
    message: `names Doorward itself (${formatEndpoint(endpoint)}): unset it, or name ` +
      "another proxy",
  }]);
}

/** The first proxy that is one of these listeners of ours, or null. */
export function ownProxy(
  { tunnels, plain }: Pick<UpstreamSettings, "tunnels" | "plain">,
  listeners: readonly SocketAddress[],
): UpstreamProxy | null {
  const isOwn = ownListeners(listeners, interfacesTo(listeners));
  return [tunnels, plain].find((proxy) => {
    if (proxy === null) return false;
    const { host, port } = proxy.endpoint;
    if (host.kind === "ip") return isOwn({ ip: host.ip, port }, "http");
    return classifyHost(host) === "loopback" && isOwn({ ip: LOOPBACK_IPV4, port }, "http");
  }) ?? null;
}

function firstProxy(
  names: readonly string[],
  env: Env,
  bad: Map<string, string>,
): UpstreamProxy | null {
  for (const name of names) {
    const value = valueOf(name, env);
    if (value === "") continue;
    const url = parseUpstreamUrl(value);
    if (url.kind !== "bad") return { ...url, source: name };
    bad.set(name, `${name} is not used: ${url.why}`);
  }
  return null;
}

function valueOf(name: string, env: Env): string {
  return env[name]?.trim() ?? "";
}

function unreadWarning(name: string, text: string, unread: readonly string[]): string[] {
  if (unread.length === 0) return [];
  const what = `${name} holds what is no host, address or block`;
  // The password of a URL may hold commas and blanks: each entry may be a piece of it.
  if (text.includes("@")) return [`${what}, nor to be shown: it may hold a password`];
  const shown = unread.slice(0, UNREAD_SHOWN).map(quote).join(", ");
  const more = unread.length > UNREAD_SHOWN ? `, and ${unread.length - UNREAD_SHOWN} more` : "";
  return [`${what}: ${shown}${more}`];
}
