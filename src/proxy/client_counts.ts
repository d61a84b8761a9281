import { classifyIp } from "../net/address/ip_class.ts";
import type { IpAddress } from "../net/address/ip.ts";
import { unmapped } from "../net/address/mapped.ts";
import type { Entrance } from "./entrance.ts";

/** Whose connection it is: an IPv4 address, the network of an IPv6 one, or where it came in. */
export type ClientKey = number | bigint | Entrance;

/** One customer has a network of IPv6 to itself, and as many addresses as it likes (RFC 6177). */
const HOST_BITS = 64n;

/**
 * Whose connections count together. On loopback everybody has one address, or makes up others: there it is the
 * listener that tells one command from another.
 */
export function clientKey(address: IpAddress, entrance: Entrance): ClientKey {
  const ip = unmapped(address);
  if (classifyIp(ip) === "loopback") return entrance;
  return ip.family === 4 ? Number(ip.bits) : ip.bits >> HOST_BITS;
}

/** How many connections each client holds. It has as many entries as there are clients with one. */
export class ClientCounts {
  readonly #held = new Map<ClientKey, number>();

  /** Takes a place for one more; false where the client holds `max` already. */
  take(client: ClientKey, max: number): boolean {
    const held = this.#held.get(client) ?? 0;
    if (held >= max) return false;
    this.#held.set(client, held + 1);
    return true;
  }

  /** Gives a place back that was taken. */
  give(client: ClientKey): void {
    const left = (this.#held.get(client) ?? 0) - 1;
    if (left > 0) this.#held.set(client, left);
    else this.#held.delete(client);
  }

  /** How many clients hold any. */
  get size(): number {
    return this.#held.size;
  }
}
