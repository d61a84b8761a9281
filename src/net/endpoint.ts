import type { BadHost, Host } from "./host.ts";
import type { IpAddress } from "./ip.ts";

/** Where a client wants to go, before anyone has looked it up. */
export interface Endpoint {
  readonly host: Host;
  /** 1 to 65535. */
  readonly port: number;
}

/** Where we really connect. */
export interface SocketAddress {
  readonly ip: IpAddress;
  /** 0 to 65535; 0 asks the system for a free port when listening. */
  readonly port: number;
}

/**
 * Reads `host:port` or `[v6]:port`. Without a port the default is taken; a null default makes the port
 * mandatory.
 */
export function parseEndpoint(_text: string, _defaultPort: number | null): Endpoint | BadHost {
  throw new Error("not written yet");
}

/** Prints `host:port`, with brackets round an IPv6 address. */
export function formatEndpoint(_endpoint: Endpoint): string {
  throw new Error("not written yet");
}

/** Prints `ip:port`, with brackets round an IPv6 address. */
export function formatSocketAddress(_address: SocketAddress): string {
  throw new Error("not written yet");
}
