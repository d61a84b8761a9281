import type { SocketAddress } from "./endpoint.ts";
import { LOOPBACK_IPV4, LOOPBACK_IPV6 } from "./ip.ts";

const LOOPBACK = { 4: LOOPBACK_IPV4, 6: LOOPBACK_IPV6 } as const;

/** The address under which a client on this machine reaches a listener. */
export function clientAddress(listener: SocketAddress): SocketAddress {
  // 0.0.0.0 and [::] listen everywhere and are nobody's address.
  if (listener.ip.bits !== 0n) return listener;
  return { ip: LOOPBACK[listener.ip.family], port: listener.port };
}
