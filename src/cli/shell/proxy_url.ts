import { formatSocketAddress, type SocketAddress } from "../../net/address/endpoint.ts";

const LOOPBACK = {
  4: { family: 4, bits: 0x7f000001n },
  6: { family: 6, bits: 1n },
} as const;

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
