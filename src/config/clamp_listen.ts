import { formatSocketAddress, type SocketAddress } from "../net/address/endpoint.ts";
import { classifyIp } from "../net/address/ip_class.ts";
import { type IpAddress, LOOPBACK_IPV4 } from "../net/address/ip.ts";

/** One of our listeners, for {@linkcode clampListen}. */
export interface Listener {
  readonly name: "HTTP proxy" | "SOCKS5 proxy" | "admin API";
  /** The key that lets it leave loopback. */
  readonly overrideKey:
    | "dangerously_allow_non_loopback_proxy"
    | "dangerously_allow_non_loopback_admin";
  /** The value of that key. */
  readonly allowNonLoopback: boolean;
  readonly address: SocketAddress;
}

/** Where it listens after all, and what is to be said about it. */
export interface ClampedListen {
  readonly address: SocketAddress;
  readonly notice: string | null;
}

/**
 * Keeps a listener on loopback unless its key says otherwise. Where unix sockets are open to clients, no
 * key does: whoever reaches the proxy reaches the sockets, and with them often the whole machine.
 */
export function clampListen(listener: Listener, unixSocketsAllowed: boolean): ClampedListen {
  const { name, address, overrideKey, allowNonLoopback } = listener;
  const asked = formatSocketAddress(address);
  const clamped: SocketAddress = { ip: LOOPBACK_IPV4, port: address.port };
  const instead = formatSocketAddress(clamped);
  if (unixSocketsAllowed) {
    const notice = asked === instead
      ? null
      : `${name} listens on ${instead}, not on ${asked}: unix sockets are allowed`;
    return { address: clamped, notice };
  }
  if (isLoopback(address.ip)) return { address, notice: null };
  if (allowNonLoopback) {
    return { address, notice: `DANGEROUS: ${name} listening on non-loopback address ${asked}` };
  }
  const notice = `${name} listens on ${instead}, not on ${asked}: ` +
    `only "${overrideKey} = true" lets it leave loopback`;
  return { address: clamped, notice };
}

/** Stricter than policy: an IPv6 address that only carries a loopback address is not one of ours. */
export function isLoopback(ip: IpAddress): boolean {
  return ip.family === 4 ? classifyIp(ip) === "loopback" : ip.bits === 1n;
}
