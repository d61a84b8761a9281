import { type Endpoint, sameEndpoint } from "../../net/address/endpoint.ts";
import type { IpAddress } from "../../net/address/ip.ts";
import { classifyIp } from "../../net/address/ip_class.ts";
import { machineAddresses } from "../../net/address/machine_addresses.ts";
import { ConnectError } from "../../net/errors.ts";
import type { Resolver } from "../../net/ports.ts";
import { addressKey } from "../own_listeners.ts";
import type { UpstreamProxy } from "./upstream_proxy.ts";

/**
 * Tells whether a request asks for an upstream proxy itself. Inside a tunnel to it a client could ask it for any
 * host, past every rule of ours.
 */
export interface ProxyDestinations {
  /** Whether the target names one of them as it is configured. */
  named(target: Endpoint): boolean;
  /** The addresses of those on that port, as far as they are known; none for nearly every port. */
  on(port: number, signal: AbortSignal): Promise<readonly IpAddress[]> | null;
}

/** Watches over these proxies. Their names are looked up only for a request to the very port. */
export function proxyDestinations(
  proxies: readonly UpstreamProxy[],
  resolve: Resolver,
): ProxyDestinations {
  const endpoints = proxies.map(({ endpoint }) => endpoint);
  const addressesOf = async ({ host }: Endpoint, signal: AbortSignal) => {
    if (host.kind === "ip") return [host.ip];
    try {
      return await resolve(host.name, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ConnectError)) throw error;
      return []; // Nothing goes through a proxy that nobody finds.
    }
  };
  return {
    named: (target) => endpoints.some((endpoint) => sameEndpoint(endpoint, target)),
    on: (port, signal) => {
      const there = endpoints.filter((endpoint) => endpoint.port === port);
      if (there.length === 0) return null;
      return Promise.all(there.map((endpoint) => addressesOf(endpoint, signal)))
        .then((found) => found.flat());
    },
  };
}

/** Whether an address leads to one of `proxies`: a proxy on this machine has all the addresses of it. */
export function leadsToProxy(ip: IpAddress, proxies: readonly IpAddress[]): boolean {
  if (proxies.some((proxy) => addressKey(proxy) === addressKey(ip))) return true;
  const here = new Set(machineAddresses().map(addressKey));
  const isHere = (ip: IpAddress) => {
    const kind = classifyIp(ip);
    return kind === "loopback" || kind === "unspecified" || here.has(addressKey(ip));
  };
  return isHere(ip) && proxies.some(isHere);
}
