import type { BlockedProtocol } from "../audit/blocked_record.ts";
import { parseIp } from "../net/address/ip.ts";
import type { Protocol } from "../policy/request.ts";

/** Where resolvers listen (RFC 1035 section 4.2): they have no name before they are asked. */
const DNS_PORT = 53;

/** A request that was not let through, by its decision or by its record. */
export interface BlockedByAddress {
  readonly protocol: Protocol | BlockedProtocol;
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  readonly reason: string;
}

/**
 * Whether a client may have looked up a name itself and so hidden it from every rule about names: with
 * `socks5://` it does. A datagram goes to an address as a rule: whoever sends it has asked a resolver before.
 */
export function mayHideName({ protocol, host, port, reason }: BlockedByAddress): boolean {
  const isSocks = protocol === "socks5_tcp" || protocol === "socks5";
  return isSocks && reason === "not_allowed" && port !== DNS_PORT && parseIp(host) !== null;
}
