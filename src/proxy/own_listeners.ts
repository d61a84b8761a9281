import type { SocketAddress } from "../net/address/endpoint.ts";
import type { IpAddress } from "../net/address/ip.ts";
import { classifyIp, embeddedIpv4 } from "../net/address/ip_class.ts";
import { machineAddresses } from "../net/address/machine_addresses.ts";
import type { IsOwn } from "./authorize.ts";

/**
 * Tells whether an address leads back to one of `listeners`: the same port on any address by which a machine
 * reaches itself. Wider than need be on purpose: 127.0.0.2 is refused too where we listen on 127.0.0.1.
 *
 * @param machine the addresses of this machine's interfaces: see {@linkcode interfacesTo}
 */
export function ownListeners(
  listeners: readonly SocketAddress[],
  machine: readonly IpAddress[],
): IsOwn {
  const ports = new Set(listeners.map((listener) => listener.port));
  const ips = new Set([...listeners.map((listener) => listener.ip), ...machine].map(keyOf));
  return ({ ip, port }) => {
    if (!ports.has(port)) return false;
    const kind = classifyIp(ip);
    return kind === "loopback" || kind === "unspecified" || ips.has(keyOf(ip));
  };
}

/** By what a listener at `at` is reached besides loopback: every interface, unless it is on loopback only. */
export function interfacesTo(at: SocketAddress): IpAddress[] {
  return classifyIp(at.ip) === "loopback" ? [] : machineAddresses();
}

/** Addresses that lead to the same place have the same key: IPv4 inside IPv6 counts as IPv4. */
function keyOf(ip: IpAddress): string {
  const { family, bits } = embeddedIpv4(ip) ?? ip;
  return `${family}/${bits}`;
}
