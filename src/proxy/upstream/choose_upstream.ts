import type { IpAddress } from "../../net/address/ip.ts";
import { classifyIp } from "../../net/address/ip_class.ts";
import { classifyHost } from "../../policy/local_target.ts";
import type { Endpoint } from "../../net/address/endpoint.ts";
import { type BypassEntry, isBypassed } from "./bypass.ts";
import type { ChooseUpstream, Direct, UpstreamProxy } from "./upstream_proxy.ts";

/** Which upstream proxy there is for what; null goes directly. */
export interface UpstreamRoutes {
  /** For every tunnel, CONNECT and SOCKS5, and for the requests of HTTPS inside. */
  readonly tunnels: UpstreamProxy | null;
  /** For plain HTTP requests. */
  readonly plain: UpstreamProxy | null;
  /** What is reached without either. */
  readonly bypass: readonly BypassEntry[];
}

/**
 * Makes the choice. Directly goes what another proxy could not reach or could not carry: datagrams, this
 * machine and the networks around it (by name, by address, or by all the addresses that a name resolved to), and
 * what the bypass names.
 */
export function chooseUpstream({ tunnels, plain, bypass }: UpstreamRoutes): ChooseUpstream {
  return (request, ips) => {
    if (tunnels === null && plain === null) return null;
    if (request.protocol === "socks5_udp") return DATAGRAM;
    const isTunnel = request.kind === "tunnel" || request.scheme === "https";
    const proxy = isTunnel ? tunnels : plain;
    if (proxy === null) return isTunnel ? NONE_FOR_TUNNELS : NONE_FOR_PLAIN;
    if (isNearby(request.target, ips)) return NEARBY;
    return isBypassed(bypass, request.target, ips) ? BYPASSED : proxy;
  };
}

// Made once: a choice is made for every request, and its words are seldom read.
const DATAGRAM: Direct = { kind: "direct", why: "datagrams always" };
const NONE_FOR_TUNNELS: Direct = { kind: "direct", why: "no proxy is set for tunnels" };
const NONE_FOR_PLAIN: Direct = { kind: "direct", why: "no proxy is set for plain http" };
const NEARBY: Direct = { kind: "direct", why: "a local or private address" };
const BYPASSED: Direct = { kind: "direct", why: "NO_PROXY names it" };

function isNearby({ host }: Endpoint, ips: readonly IpAddress[]): boolean {
  return classifyHost(host) !== "public" ||
    (ips.length > 0 && ips.every((ip) => classifyIp(ip) !== "public"));
}

/** The proxies that may be chosen. */
export function proxiesOf(
  { tunnels, plain }: Pick<UpstreamRoutes, "tunnels" | "plain">,
): readonly UpstreamProxy[] {
  return [tunnels, plain].filter((proxy) => proxy !== null);
}
