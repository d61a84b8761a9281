// The proxy through which Doorward itself may reach the network: who it is, when it is used, how it is asked.
// Not what a client speaks to us: that is in the folders beside this one.
import { type Endpoint, formatEndpoint } from "../../net/address/endpoint.ts";
import type { IpAddress } from "../../net/address/ip.ts";
import type { NetworkRequest } from "../../policy/request.ts";

/** Another proxy, through which the network is reached. */
export interface UpstreamProxy {
  /** What is spoken to it: HTTP, HTTP over TLS, or SOCKS5. */
  readonly kind: "http" | "https" | "socks5";
  readonly endpoint: Endpoint;
  /** Who we are to it; null where its URL names nobody. */
  readonly credentials: UpstreamCredentials | null;
  /** Where it was written: `HTTPS_PROXY`, or the place in a file. */
  readonly source: string;
}

/** User information of a URL, percent-decoded. */
export interface UpstreamCredentials {
  readonly user: string;
  readonly password: string;
}

/** Past the upstream proxies that there are. */
export interface Direct {
  readonly kind: "direct";
  /** In a few words, for `explain`. */
  readonly why: string;
}

/** The way of a request: through an upstream proxy, or past it; null where there is none to choose. */
export type Route = UpstreamProxy | Direct | null;

/**
 * Chooses the way of a request. Asked with the addresses that the target resolved to; none when it has not been
 * looked up, or could not be.
 */
export type ChooseUpstream = (
  request: NetworkRequest,
  ips: readonly IpAddress[],
) => Route;

/** The proxy that was chosen; null goes directly. */
export function chosenProxy(route: Route): UpstreamProxy | null {
  return route === null || route.kind === "direct" ? null : route;
}

/** Names a proxy and where it was written, without its credentials: `http://proxy.corp:3128 (HTTPS_PROXY)`. */
export function describeUpstream({ kind, endpoint, source }: UpstreamProxy): string {
  return `${kind}://${formatEndpoint(endpoint)} (${source})`;
}
