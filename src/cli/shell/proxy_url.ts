import { LOOPBACK_IPV4, LOOPBACK_IPV6 } from "../../net/address/ip.ts";
import { formatSocketAddress, type SocketAddress } from "../../net/address/endpoint.ts";

const LOOPBACK = { 4: LOOPBACK_IPV4, 6: LOOPBACK_IPV6 } as const;

/** The address under which a client on this machine reaches a listener. */
export function clientAddress(listener: SocketAddress): SocketAddress {
  // 0.0.0.0 and [::] listen everywhere and are nobody's address.
  if (listener.ip.bits !== 0n) return listener;
  return { ip: LOOPBACK[listener.ip.family], port: listener.port };
}

/** What `HTTP_PROXY` is set to for a listener. */
export function proxyUrl(listener: SocketAddress): string {
  return `http://${formatSocketAddress(clientAddress(listener))}`;
}

/** What `ALL_PROXY` is set to for a listener of SOCKS5. Names are looked up by the proxy, not by its client. */
export function socksUrl(listener: SocketAddress): string {
  return `socks5h://${formatSocketAddress(clientAddress(listener))}`;
}
