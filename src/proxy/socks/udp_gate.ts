import type { SocketAddress } from "../../net/address/endpoint.ts";
import { ConnectError } from "../../net/errors.ts";
import { latin1 } from "../../net/stream/latin1.ts";
import type { Policy } from "../../policy/policy.ts";
import type { TunnelRequest } from "../../policy/request.ts";
import { hostOf } from "../../socks/address.ts";
import type { Datagram } from "../../socks/datagram.ts";
import type { Asker } from "../asking/asker.ts";
import type { Grant, Refused } from "../authorize.ts";
import type { ClientConnection } from "../client_connection.ts";
import { requesterAt } from "../entrance.ts";
import type { Ending } from "../passage.ts";
import { RecordBudget, RECORDS_A_SECOND } from "./record_budget.ts";
import type { SocksDoor } from "./socks_door.ts";
import {
  addressInUse,
  type Destination,
  type Granted,
  type Pending,
  UdpDestinations,
} from "./udp_destinations.ts";
import type { UdpDoor } from "./udp_door.ts";

/** How long a decision is kept. A block is recorded again after it: a client repeats itself for long. */
export const KEPT_MS = 30_000;

/** A control connection is read while its datagrams wait, so that its end is noticed anyway. */
const NEVER = new AbortController().signal;

/** How long a name that could not be resolved is let be. A client repeats its datagram within seconds. */
export const UNRESOLVED_MS = 2000;

/**
 * Destinations of one client that are found out about at a time: a quarter of the look-ups that are under way
 * at once for everybody. What finds no room is dropped, and a client repeats it.
 */
export const PENDING_MAX = 4;

/** Datagrams that wait for one destination: a QUIC client sends some ten before the first answer. */
export const WAITING_MAX = 16;

/** Bytes of one client that wait: room for the longest datagram, and a thousand clients cost 64 MiB. */
export const WAITING_BYTES_MAX = 64 * 1024;

/** What a {@linkcode UdpGate} is made of. */
export interface UdpGateParts {
  readonly client: Pick<ClientConnection, "address" | "signal" | "entrance" | "reached">;
  readonly attempt: string | null;
  readonly door: Pick<SocksDoor, "gateway" | "blocked" | "diagnose" | "limits" | "passages">;
  readonly udp: Pick<UdpDoor, "clock" | "policy" | "relayPorts">;
  /** Sends a datagram that has waited. */
  readonly deliver: (granted: Granted, payload: Uint8Array) => Promise<void>;
  /** Keeps hold of a look-up until it has ended, however that is. */
  readonly hold: (lookUp: Promise<void>) => void;
}

/**
 * Decides where the datagrams of one client may go, and which may come back. A decision is kept for a while,
 * as long as the policy that made it is in force. Knows no sockets.
 */
export class UdpGate {
  readonly #parts: UdpGateParts;
  readonly #destinations: UdpDestinations;
  readonly #records: RecordBudget;
  #pending = 0;
  #waitingBytes = 0;

  constructor(parts: UdpGateParts) {
    this.#parts = parts;
    const { limits, passages } = parts.door;
    this.#destinations = new UdpDestinations(limits.udpDestinations, ({ passage, up, down }) => {
      passages.end(passage, { kind: "datagrams", outcome: "done", up, down });
    });
    this.#records = new RecordBudget(parts.udp.clock);
    parts.client.signal.addEventListener("abort", () => {
      this.#destinations.clear();
      this.#tellLeftOut();
    }, { once: true });
  }

  /** How many destinations are remembered. */
  get size(): number {
    return this.#destinations.size;
  }

  /**
   * Where a datagram may go at once. Null when it may not, or has to wait: a copy of it is then delivered
   * as soon as it may.
   *
   * @param header what stands before the payload: with two spellings a name is two destinations
   */
  admit(datagram: Datagram, header: Uint8Array): Granted | null {
    const key = latin1(header);
    const known = this.#destinations.find(key);
    if (known !== undefined) return this.#admitTo(known, datagram.payload);
    const host = hostOf(datagram.address);
    if (host.kind === "bad" || this.#pending >= PENDING_MAX) return null;
    const target = { host, port: datagram.port };
    const request: TunnelRequest = { kind: "tunnel", protocol: "socks5_udp", target };
    const standing: Pending = { kind: "pending", waiting: [] };
    const destination: Destination = { key, request, standing };
    if (this.#destinations.add(destination)) this.#parts.client.reached("udpDestinations");
    return this.#decide(destination, datagram.payload);
  }

  /** Takes the next address of a grant into use, where one did not work. False when it is not in force. */
  useNext(granted: Granted): boolean {
    const isCurrent = granted.policy === this.#parts.udp.policy.current;
    return isCurrent && this.#destinations.useNext(granted);
  }

  /**
   * The grant under which a datagram from there may reach the client: one was sent there, and still might be. Null
   * when it may not.
   */
  admitFrom(from: SocketAddress): Granted | null {
    const known = this.#destinations.answering(from);
    if (known === undefined) return null;
    const granted = known.policy === this.#parts.udp.policy.current
      ? known
      : this.#askAgain(known, null);
    if (granted !== null) granted.answered = true;
    return granted;
  }

  #admitTo(destination: Destination, payload: Uint8Array): Granted | null {
    const { standing } = destination;
    switch (standing.kind) {
      case "pending":
        this.#wait(standing, payload);
        return null;
      case "refused":
        return this.#inForce(standing) ? null : this.#decide(destination, payload);
      case "granted":
        return this.#admitAgain(standing, payload);
    }
  }

  #admitAgain(granted: Granted, payload: Uint8Array): Granted | null {
    const { udp } = this.#parts;
    // A relay of ours may have been opened since, on a port where something else was granted.
    const isRelay = udp.relayPorts.has(addressInUse(granted).port);
    if (this.#inForce(granted) && !isRelay) {
      this.#destinations.expect(granted);
      return granted;
    }
    // What answers is kept, as a TCP connection is: a name with many addresses would otherwise move
    // amid a conversation. Where nothing answers the name is resolved anew.
    const isSilent = udp.clock.monotonic() >= granted.until && !granted.answered;
    return isSilent ? this.#decide(granted.destination, payload) : this.#askAgain(granted, payload);
  }

  #inForce({ policy, until }: { readonly policy: Policy; readonly until: number }): boolean {
    const { udp } = this.#parts;
    return policy === udp.policy.current && udp.clock.monotonic() < until;
  }

  /** Asks the policy in force about the address in use, for a datagram that goes there, or for one that came. */
  #askAgain(granted: Granted, payload: Uint8Array | null): Granted | null {
    const { door } = this.#parts;
    const { destination } = granted;
    const asker = this.#asker(() => {});
    const outcome = door.gateway.authorizeReuse(destination.request, asker, addressInUse(granted));
    // What a person let pass is theirs to let pass again: the next datagram that goes there waits for them.
    if (outcome.verdict === "ask") {
      return payload === null ? null : this.#decide(destination, payload);
    }
    return this.#settle(destination, outcome, asker);
  }

  /** Begins to find out; the datagram waits. */
  #decide(destination: Destination, payload: Uint8Array): null {
    if (this.#pending >= PENDING_MAX) return null;
    const pending: Pending = { kind: "pending", waiting: [] };
    this.#destinations.change(destination, pending);
    this.#wait(pending, payload);
    this.#parts.hold(this.#findOut(destination, pending));
    return null;
  }

  /** Who asks. What waits for a person holds up no look-up of the same client: `held` is called then. */
  #asker(held: () => void): Asker {
    const { client, attempt } = this.#parts;
    const asks = { client: client.address, method: "UDP", attempt: () => attempt };
    return {
      ...requesterAt(client.entrance, asks),
      held: () => {
        held();
        return NEVER;
      },
      freed: () => {},
    };
  }

  #wait({ waiting }: Pending, payload: Uint8Array): void {
    const bytes = this.#waitingBytes + payload.length;
    if (waiting.length >= WAITING_MAX || bytes > WAITING_BYTES_MAX) return;
    this.#waitingBytes = bytes;
    // The next datagram is received into the same buffer.
    waiting.push(payload.slice());
  }

  async #findOut(destination: Destination, { waiting }: Pending): Promise<void> {
    const { client, deliver, udp } = this.#parts;
    let looking = 1;
    this.#pending += looking;
    const looked = (): void => {
      this.#pending -= looking;
      looking = 0;
    };
    let outcome: Grant | Refused | null;
    const asker = this.#asker(looked);
    try {
      outcome = await this.#authorize(destination.request, asker);
    } finally {
      // In one go with what follows: no datagram may begin to wait in between.
      looked();
      for (const payload of waiting) this.#waitingBytes -= payload.length;
    }
    if (client.signal.aborted || !this.#destinations.has(destination)) {
      return this.#noteForgotten(destination.request, outcome, asker);
    }
    if (outcome === null) {
      const until = udp.clock.monotonic() + UNRESOLVED_MS;
      const policy = udp.policy.current;
      return this.#destinations.change(destination, { kind: "refused", policy, until });
    }
    this.#settle(destination, outcome, asker);
    for (const payload of waiting) {
      // Asked for each: while one is sent the policy may be replaced, and the destination forgotten.
      if (!this.#destinations.has(destination)) return;
      const granted = this.#admitTo(destination, payload);
      if (granted !== null) await deliver(granted, payload);
    }
  }

  /** Null: there is nowhere to send it. */
  async #authorize(request: TunnelRequest, asker: Asker): Promise<Grant | Refused | null> {
    const { client, door } = this.#parts;
    try {
      const outcome = await door.gateway.authorize(request, asker, client.signal);
      if (outcome.verdict !== "allow") return outcome;
      // Where another proxy must be gone through, a datagram must not go round it.
      if (outcome.via === null && outcome.addresses.length > 0) return outcome;
      this.#endUnused(request, asker, "failed");
      return null;
    } catch (error) {
      if (error instanceof ConnectError) return null;
      throw error;
    }
  }

  /** Writes down what was decided of a destination that nobody remembers any more: to be forgotten must hide nothing. */
  #noteForgotten(request: TunnelRequest, outcome: Grant | Refused | null, asker: Asker): void {
    if (outcome?.verdict === "allow") this.#endUnused(request, asker, "closed");
    else if (outcome !== null) this.#record(request, outcome, asker);
  }

  /** Writes down the end of what was let through, and sent nowhere. */
  #endUnused(request: TunnelRequest, asker: Asker, outcome: Ending["outcome"]): void {
    const { passages } = this.#parts.door;
    passages.end(passages.begin(request, asker), { kind: "datagrams", outcome, up: 0, down: 0 });
  }

  #settle(destination: Destination, outcome: Grant | Refused, asker: Asker): Granted | null {
    const { udp, door } = this.#parts;
    const { policy } = outcome;
    const until = udp.clock.monotonic() + KEPT_MS;
    if (outcome.verdict !== "allow") {
      this.#destinations.change(destination, { kind: "refused", policy, until });
      this.#record(destination.request, outcome, asker);
      return null;
    }
    const { addresses } = outcome;
    const granted: Granted = {
      kind: "granted",
      destination,
      policy,
      until,
      addresses,
      index: 0,
      answered: false,
      passage: door.passages.begin(destination.request, asker),
      up: 0,
      down: 0,
    };
    this.#destinations.change(destination, granted);
    this.#destinations.expect(granted);
    return granted;
  }

  #record(request: TunnelRequest, decision: Refused, asker: Asker): void {
    if (!this.#records.take()) return;
    this.#tellLeftOut();
    this.#parts.door.blocked({ request, decision, asker });
  }

  /** Tells what was blocked without a record: before the next one, or in the end. */
  #tellLeftOut(): void {
    const { client, door } = this.#parts;
    const count = this.#records.takeLeftOut();
    if (count === 0) return;
    const records = count === 1 ? "1 record" : `${count} records`;
    door.diagnose(
      `Left out ${records} of blocked datagrams of SOCKS client ${client.address}: ` +
        `more than ${RECORDS_A_SECOND} a second`,
    );
  }
}
