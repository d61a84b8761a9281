import type { SocketAddress } from "../../net/address/endpoint.ts";
import { unmapped } from "../../net/address/mapped.ts";
import type { Policy } from "../../policy/policy.ts";
import type { TunnelRequest } from "../../policy/request.ts";
import type { Passage } from "../passage.ts";

/** Somewhere that a client sends datagrams to, and what is known of it. */
export interface Destination {
  /** The header of its datagrams, a character a byte. */
  readonly key: string;
  readonly request: TunnelRequest;
  /** Set by {@linkcode UdpDestinations} only. */
  standing: Standing;
}

/** Whether datagrams may go to a destination. */
export type Standing = Pending | Granted | Refused;

/** It is being found out. */
export interface Pending {
  readonly kind: "pending";
  /** Copies of the datagrams that wait for the answer. */
  readonly waiting: Uint8Array[];
}

/** They may, to these addresses. */
export interface Granted {
  readonly kind: "granted";
  readonly destination: Destination;
  /** The policy that said so. */
  readonly policy: Policy;
  /** When it must be asked again: a reading of the monotonic clock, in milliseconds. */
  readonly until: number;
  /** Those of the grant. */
  readonly addresses: readonly SocketAddress[];
  /** Which of them is in use. Set by {@linkcode UdpDestinations} only. */
  index: number;
  /** Whether a datagram has come from there under this decision. */
  answered: boolean;
  readonly passage: Passage;
  /** Bytes that were sent there, and that came from there. */
  up: number;
  down: number;
}

/** They may not, or nobody knows where it is. */
export interface Refused {
  readonly kind: "refused";
  /** As in {@linkcode Granted}. */
  readonly policy: Policy;
  /** As in {@linkcode Granted}. */
  readonly until: number;
}

/** An address and its port: 48 bits in a number for IPv4, 144 in a bigint for IPv6. */
type SourceKey = number | bigint;

/**
 * The destinations of one client, as many as there is room for: the one unused for longest makes way. Also
 * knows which addresses were sent to, because only those may answer.
 */
export class UdpDestinations {
  readonly #capacity: number;
  readonly #over: (granted: Granted) => void;
  /** The one unused for longest stands first. */
  readonly #byKey = new Map<string, Destination>();
  readonly #bySource = new Map<SourceKey, Granted>();
  #newest: Destination | null = null;

  /**
   * @param capacity at least 1
   * @param over told of each grant that is in force no more
   */
  constructor(capacity: number, over: (granted: Granted) => void) {
    this.#capacity = capacity;
    this.#over = over;
  }

  /** How many are remembered. */
  get size(): number {
    return this.#byKey.size;
  }

  /** How many addresses may answer. */
  get sources(): number {
    return this.#bySource.size;
  }

  /** The one with that key, which counts as a use of it. */
  find(key: string): Destination | undefined {
    const destination = this.#byKey.get(key);
    if (destination !== undefined) this.#use(destination);
    return destination;
  }

  /**
   * Adds one whose key is not there yet, in place of the one unused for longest if need be. Returns whether one had
   * to make way.
   */
  add(destination: Destination): boolean {
    const isFull = this.#byKey.size >= this.#capacity;
    for (const oldest of this.#byKey.values()) {
      if (this.#byKey.size < this.#capacity) break;
      this.#byKey.delete(oldest.key);
      this.#end(oldest.standing);
    }
    this.#byKey.set(destination.key, destination);
    this.#newest = destination;
    return isFull;
  }

  /** Whether it is still remembered. */
  has(destination: Destination): boolean {
    return this.#byKey.get(destination.key) === destination;
  }

  /** Changes what is known of a destination. What was granted before may answer no more. */
  change(destination: Destination, standing: Standing): void {
    this.#end(destination.standing);
    destination.standing = standing;
  }

  /** Lets the address in use answer. For what is sent to, and remembered. */
  expect(granted: Granted): void {
    const key = sourceKey(addressInUse(granted));
    // Two names may have one address: it answers to the one that spoke last, which is remembered longest.
    if (this.#bySource.get(key) !== granted) this.#bySource.set(key, granted);
  }

  /** Takes the next address of a grant into use. False when the grant is not in force any more. */
  useNext(granted: Granted): boolean {
    const { destination } = granted;
    if (destination.standing !== granted || !this.has(destination)) return false;
    this.#silence(granted);
    granted.index = (granted.index + 1) % granted.addresses.length;
    this.expect(granted);
    return true;
  }

  /** What was sent to that address, if anything was. Counts as a use of it. */
  answering(from: SocketAddress): Granted | undefined {
    const granted = this.#bySource.get(sourceKey(from));
    if (granted !== undefined) this.#use(granted.destination);
    return granted;
  }

  /** Forgets them all. */
  clear(): void {
    for (const { standing } of this.#byKey.values()) this.#end(standing);
    this.#byKey.clear();
    this.#newest = null;
  }

  #end(standing: Standing): void {
    if (standing.kind !== "granted") return;
    this.#silence(standing);
    this.#over(standing);
  }

  #silence(granted: Granted): void {
    const key = sourceKey(addressInUse(granted));
    if (this.#bySource.get(key) === granted) this.#bySource.delete(key);
  }

  #use(destination: Destination): void {
    if (this.#newest === destination) return;
    this.#byKey.delete(destination.key);
    this.#byKey.set(destination.key, destination);
    this.#newest = destination;
  }
}

/** Where datagrams are sent under a grant. */
export function addressInUse({ addresses, index }: Granted): SocketAddress {
  const address = addresses[index];
  if (address === undefined) throw new RangeError("Cannot send: the grant names no address");
  return address;
}

function sourceKey(address: SocketAddress): SourceKey {
  const { port } = address;
  // An IPv4-mapped address is sent to as IPv4, and answers as such.
  const ip = unmapped(address.ip);
  if (ip.family === 4) return Number(ip.bits) * 65536 + port;
  return (ip.bits << 16n) | BigInt(port);
}
