import type { IpAddress } from "../../net/address/ip.ts";
import { classifyIp } from "../../net/address/ip_class.ts";
import { classifyHost } from "../../policy/local_target.ts";
import type { Endpoint } from "../../net/address/endpoint.ts";
import { type BypassEntry, isBypassed } from "./bypass.ts";
import type { ChooseUpstream, UpstreamProxy } from "./upstream_proxy.ts";

/** Which upstream proxy there is for what; null goes directly. */
export interface UpstreamRoutes {
  /** For every tunnel: CONNECT and SOCKS5. */
  readonly tunnels: UpstreamProxy | null;
  /** For plain HTTP requests. */
  readonly plain: UpstreamProxy | null;
  /** What is reached without either. */
  readonly bypass: readonly BypassEntry[];
}

/**
 * Makes the choice. Directly goes what another proxy could not reach or could not carry: datagrams, this
 * machine and the networks around it (by name, by address, or by any address that a name resolved to), and
 * what the bypass names.
 */
export function chooseUpstream({ tunnels, plain, bypass }: UpstreamRoutes): ChooseUpstream {
  return (request, ips) => {
    if (request.protocol === "socks5_udp") return null;
    const proxy = request.kind === "tunnel" ? tunnels : plain;
    if (proxy === null || isNearby(request.target, ips)) return null;
    return isBypassed(bypass, request.target, ips) ? null : proxy;
  };
}

function isNearby({ host }: Endpoint, ips: readonly IpAddress[]): boolean {
  return classifyHost(host) !== "public" || ips.some((ip) => classifyIp(ip) !== "public");
}
