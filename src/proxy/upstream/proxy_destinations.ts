import { type Endpoint, sameEndpoint } from "../../net/address/endpoint.ts";
import type { IpAddress } from "../../net/address/ip.ts";
import { addressKey } from "../../net/address/ip_class.ts";
import { leadsTo, machineAddresses } from "../../net/address/machine_addresses.ts";
import { ConnectError } from "../../net/errors.ts";
import type { Resolver } from "../../net/ports.ts";
import { proxyFailure } from "./connect_through.ts";
import type { UpstreamProxy } from "./upstream_proxy.ts";

/**
 * Tells whether a request asks for an upstream proxy itself. Inside a tunnel to it a client could ask it for any
 * host, past every rule of ours.
 */
export interface ProxyDestinations {
  /** Whether the target names one of them as it is configured. */
  named(target: Endpoint): boolean;
  /**
   * The addresses of those on that port, as far as they are known; null for nearly every port. Rejects with a
   * `ConnectError` where their look-up is not over in time: which addresses are theirs is in doubt then.
   */
  on(port: number, signal: AbortSignal): Promise<readonly IpAddress[]> | null;
}

/** Watches over these proxies. Their names are looked up only for a request to the very port. */
export function proxyDestinations(
  proxies: readonly UpstreamProxy[],
  resolve: Resolver,
): ProxyDestinations {
  // Mostly one proxy is for tunnels and for plain requests alike: it is looked up once.
  const different = proxies.filter(({ endpoint }, at) =>
    proxies.findIndex((other) => sameEndpoint(other.endpoint, endpoint)) === at
  );
  const addressesOf = async (proxy: UpstreamProxy, signal: AbortSignal) => {
    const { host } = proxy.endpoint;
    if (host.kind === "ip") return [host.ip];
    try {
      return await resolve(host.name, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ConnectError)) throw error;
      // A client that keeps the resolver busy must not make us forget where the proxy is.
      if (error.code === "dns_timeout") throw proxyFailure(proxy, error);
      return []; // Nothing goes through a proxy that nobody finds.
    }
  };
  return {
    named: (target) => different.some(({ endpoint }) => sameEndpoint(endpoint, target)),
    on: (port, signal) => {
      const there = different.filter(({ endpoint }) => endpoint.port === port);
      if (there.length === 0) return null;
      return Promise.all(there.map((proxy) => addressesOf(proxy, signal)))
        .then((found) => found.flat());
    },
  };
}

/** Whether one of `ips` leads to one of `proxies`: a proxy on this machine has all the addresses of it. */
export function leadsToProxy(
  ips: readonly IpAddress[],
  proxies: readonly IpAddress[],
): boolean {
  const keys = new Set(proxies.map(addressKey));
  if (ips.some((ip) => keys.has(addressKey(ip)))) return true;
  const isHere = leadsTo(machineAddresses());
  return proxies.some(isHere) && ips.some(isHere);
}
