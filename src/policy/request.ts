import type { Endpoint } from "../net/address/endpoint.ts";

/** The ways in which a request comes in, in the words of the decision record. */
export const PROTOCOLS = ["http", "https_connect", "socks5_tcp", "socks5_udp"] as const;

/** How a request came in. */
export type Protocol = typeof PROTOCOLS[number];

interface Asked {
  readonly target: Endpoint;
}

/** Bytes to somewhere; what they say is not known. */
export interface TunnelRequest extends Asked {
  readonly kind: "tunnel";
  readonly protocol: "https_connect" | "socks5_tcp" | "socks5_udp";
}

/** What one HTTP request does, wherever it goes. */
export interface HttpAction {
  /** Case-sensitive, as sent (RFC 9110 section 9.1). */
  readonly method: string;
  /** Whether a body is announced. Limited mode refuses a GET that carries one. */
  readonly hasBody: boolean;
  /** Whether it asks to leave HTTP with `Upgrade`. */
  readonly upgrades: boolean;
  /** The header that asks for another method than the request line's, lower case; or null. */
  readonly methodOverride: string | null;
}

/** One HTTP request, seen in the clear: sent to the proxy itself, or found inside a tunnel. */
export interface HttpRequest extends Asked, HttpAction {
  readonly kind: "http";
  /** How it came in; that of the tunnel for one inside. */
  readonly protocol: "http" | "https_connect" | "socks5_tcp";
  readonly scheme: "http" | "https";
  /** Path and query, as sent; `*` for an `OPTIONS` of the whole server. */
  readonly path: string;
  /** The values of a header field, by its name in lower case, in their order; none where it is missing. */
  readonly header: (name: string) => readonly string[];
}

/** Everything policy may know about one attempt to reach the network. */
export type NetworkRequest = TunnelRequest | HttpRequest;
