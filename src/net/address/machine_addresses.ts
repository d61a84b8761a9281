import { type IpAddress, parseIp } from "./ip.ts";

/** The addresses of this machine's network interfaces. */
export function machineAddresses(): IpAddress[] {
  const ips: IpAddress[] = [];
  for (const { address } of Deno.networkInterfaces()) {
    const ip = parseIp(address.split("%", 1)[0]!);
    if (ip !== null) ips.push(ip);
  }
  return ips;
}
