import { type IpAddress, parseIp } from "./ip.ts";
import { addressKey, classifyIp } from "./ip_class.ts";

/** The addresses of this machine's network interfaces. */
export function machineAddresses(): IpAddress[] {
  const ips: IpAddress[] = [];
  for (const { address } of Deno.networkInterfaces()) {
    const ip = parseIp(address.split("%", 1)[0]!);
    if (ip !== null) ips.push(ip);
  }
  return ips;
}

/**
 * Tells whether an address leads to the machine whose interfaces have `addresses`: every loopback and unspecified
 * address does too.
 */
export function leadsTo(addresses: readonly IpAddress[]): (ip: IpAddress) => boolean {
  const keys = new Set(addresses.map(addressKey));
  return (ip) => {
    const kind = classifyIp(ip);
    return kind === "loopback" || kind === "unspecified" || keys.has(addressKey(ip));
  };
}
