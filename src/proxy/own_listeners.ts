import type { SocketAddress } from "../net/address/endpoint.ts";
import type { IpAddress } from "../net/address/ip.ts";
import { classifyIp } from "../net/address/ip_class.ts";
import { leadsTo, machineAddresses } from "../net/address/machine_addresses.ts";
import type { IsOwn } from "./authorize.ts";
import type { PortSet } from "./port_set.ts";

/** Ports that come and go. */
export interface ChangingPorts {
  readonly relayPorts: Pick<PortSet, "has">;
  readonly addedPorts: Pick<PortSet, "has">;
}

/**
 * Tells whether an address leads back to one of `listeners`: the same port on any address by which a machine
 * reaches itself. Wider than need be on purpose: 127.0.0.2 is refused too where we listen on 127.0.0.1.
 *
 * @param machine the addresses of this machine's interfaces: see {@linkcode interfacesTo}
 * @param changing ports as they are when asked: those of our UDP relays, which only datagrams could reach, and those of
 * listeners that came later
 */
export function ownListeners(
  listeners: readonly SocketAddress[],
  machine: readonly IpAddress[],
  { relayPorts, addedPorts }: ChangingPorts = { relayPorts: new Set(), addedPorts: new Set() },
): IsOwn {
  const ports = new Set(listeners.map((listener) => listener.port));
  const isHere = leadsTo([...listeners.map((listener) => listener.ip), ...machine]);
  return ({ ip, port }, protocol) => {
    const isRelay = protocol === "socks5_udp" && relayPorts.has(port);
    return (isRelay || ports.has(port) || addedPorts.has(port)) && isHere(ip);
  };
}

/** By what `listeners` are reached besides loopback: every interface, unless they are on loopback only. */
export function interfacesTo(listeners: readonly SocketAddress[]): IpAddress[] {
  return listeners.every(({ ip }) => classifyIp(ip) === "loopback") ? [] : machineAddresses();
}
