import type { UpstreamSettings } from "../../config/upstream_routes.ts";
import { describeUpstream, type UpstreamProxy } from "../../proxy/upstream/upstream_proxy.ts";
import { warningLine } from "./notices.ts";
import type { Line } from "./terminal.ts";

/** How the network is reached, without credentials: `through http://proxy.corp:3128 (HTTPS_PROXY)`. */
export function upstreamRoute(
  { tunnels, plain }: Pick<UpstreamSettings, "tunnels" | "plain">,
): string {
  if (tunnels === null && plain === null) return "direct";
  const [forTunnels, forPlain] = [routeText(tunnels), routeText(plain)];
  return forTunnels === forPlain ? forTunnels : `${forTunnels}; plain HTTP ${forPlain}`;
}

/** The line of the banner; none where everything goes directly, as it does by default. */
export function upstreamLines(settings: UpstreamSettings): readonly Line[] {
  const route = upstreamRoute(settings);
  return route === "direct" ? [] : [[`  leaves  ${route}; datagrams directly`]];
}

/** What is wrong with the variables that name upstream proxies. */
export function upstreamWarnings({ warnings }: UpstreamSettings): readonly Line[] {
  return warnings.map(warningLine);
}

function routeText(proxy: UpstreamProxy | null): string {
  return proxy === null ? "directly" : `through ${describeUpstream(proxy)}`;
}
