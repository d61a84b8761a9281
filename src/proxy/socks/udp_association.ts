import type { SocketAddress } from "../../net/address/endpoint.ts";
import type { IpAddress } from "../../net/address/ip.ts";
import { unmapped } from "../../net/address/mapped.ts";
import type { UdpSocket } from "../../net/ports.ts";
import {
  DATAGRAM_HEADER_BYTES_MAX,
  decodeDatagram,
  writeDatagramHeader,
} from "../../socks/datagram.ts";
import type { SocksRequest } from "../../socks/handshake.ts";
import type { ClientConnection } from "../client_connection.ts";
import type { SocksDoor } from "./socks_door.ts";
import { addressInUse, type Granted } from "./udp_destinations.ts";
import type { UdpDoor } from "./udp_door.ts";
import { UdpGate } from "./udp_gate.ts";

/** No datagram is longer, so that none is cut. */
const RECEIVE_BYTES = 65_535;

/** What a datagram over IPv4 can carry: 65,535 bytes without its own headers. */
const DATAGRAM_BYTES_MAX = 65_507;

/** What a {@linkcode UdpAssociation} is made of. */
export interface UdpAssociationParts {
  readonly client: ClientConnection;
  /** As it asked for it; only the port counts. */
  readonly request: SocksRequest;
  readonly attempt: string | null;
  /** The socket that the client sends to. Closed with the association. */
  readonly relay: UdpSocket;
  readonly door: SocksDoor;
  readonly udp: UdpDoor;
}

/**
 * One client's datagrams, both ways (RFC 1928 section 7). What is spoofed, malformed, denied or undeliverable
 * is dropped without a word, and never ends it.
 */
export class UdpAssociation {
  readonly #client: ClientConnection;
  readonly #relay: UdpSocket;
  readonly #door: SocksDoor;
  readonly #udp: UdpDoor;
  readonly #gate: UdpGate;
  readonly #clientIp: IpAddress;
  /** The only port that the client sends from; 0 until that is known. */
  #clientPort: number;
  /** Where the client can be answered; null until it has sent something. */
  #answerTo: SocketAddress | null = null;
  readonly #outward = new Map<IpAddress["family"], UdpSocket>();
  readonly #tasks = new Set<Promise<void>>();
  #complained = false;

  constructor({ client, request, attempt, relay, door, udp }: UdpAssociationParts) {
    this.#client = client;
    this.#relay = relay;
    this.#door = door;
    this.#udp = udp;
    this.#clientIp = unmapped(client.peer.ip);
    // RFC 1928 section 6: a client that cannot tell yet where it will send from says 0.
    this.#clientPort = request.port;
    this.#gate = new UdpGate({
      client,
      attempt,
      door,
      udp,
      deliver: (granted, payload) => this.#deliver(granted, payload),
      hold: (lookUp) => this.#hold(lookUp),
    });
  }

  /** Carries datagrams until the control connection is over, by whomever. Every socket is closed after it. */
  async carry(): Promise<void> {
    this.#hold(this.#fromClient());
    await discard(this.#client);
    // From here on nothing more is opened.
    this.#client.close();
    this.#relay.close();
    for (const socket of this.#outward.values()) socket.close();
    await Promise.all(this.#tasks);
  }

  async #fromClient(): Promise<void> {
    const buffer = untouched(RECEIVE_BYTES);
    while (true) {
      const received = await this.#relay.receive(buffer);
      if (received === null) return;
      if (!this.#isClient(received.from)) continue;
      const bytes = buffer.subarray(0, received.count);
      const datagram = decodeDatagram(bytes);
      if (datagram.kind !== "datagram") continue;
      this.#clientPort = received.from.port;
      this.#answerTo = received.from;
      this.#client.watch.touch();
      this.#client.traffic.up += datagram.payload.length;
      const { payload } = datagram;
      const header = bytes.subarray(0, bytes.length - payload.length);
      const granted = this.#gate.admit(datagram, header);
      if (granted !== null) await this.#deliver(granted, payload);
    }
  }

  /** Whether it comes from the client that holds the control connection, and from its one port. */
  #isClient({ ip, port }: SocketAddress): boolean {
    if (ip.bits !== this.#clientIp.bits || ip.family !== this.#clientIp.family) return false;
    return this.#clientPort === 0 || this.#clientPort === port;
  }

  async #deliver(granted: Granted, payload: Uint8Array): Promise<void> {
    const isSent = await this.#sendTo(addressInUse(granted), payload) ||
      await this.#deliverElsewhere(granted, payload);
    if (isSent) granted.up += payload.length;
  }

  /** Tries the other addresses: there may be no route to those of one family. */
  async #deliverElsewhere(granted: Granted, payload: Uint8Array): Promise<boolean> {
    for (let others = granted.addresses.length - 1; others > 0; others--) {
      if (!this.#gate.useNext(granted)) return false;
      if (await this.#sendTo(addressInUse(granted), payload)) return true;
    }
    return false;
  }

  /** False, or a promise of it, when it could not be sent. */
  #sendTo(to: SocketAddress, payload: Uint8Array): Promise<boolean> | false {
    const socket = this.#outward.get(to.ip.family) ?? this.#open(to.ip.family);
    return socket?.send(payload, to) ?? false;
  }

  /** Opens a socket towards the network. Null when there is none to be had, and no more to be sent. */
  #open(family: IpAddress["family"]): UdpSocket | null {
    if (this.#client.closed) return null;
    try {
      const socket = this.#udp.bind({ ip: { family, bits: 0n }, port: 0 });
      this.#outward.set(family, socket);
      this.#hold(this.#fromOutside(socket));
      return socket;
    } catch (error) {
      // A system without IPv6 says so for each datagram: once will do.
      if (!this.#complained) this.#complain(`no socket for IPv${family}: ${error}`);
      this.#complained = true;
      return null;
    }
  }

  async #fromOutside(socket: UdpSocket): Promise<void> {
    // The header is written in front of what was received.
    const buffer = untouched(DATAGRAM_HEADER_BYTES_MAX + RECEIVE_BYTES);
    const room = buffer.subarray(DATAGRAM_HEADER_BYTES_MAX);
    while (true) {
      const received = await socket.receive(room);
      if (received === null) return;
      const { count, from } = received;
      const granted = this.#answerTo === null ? null : this.#gate.admitFrom(from);
      if (this.#answerTo === null || granted === null) continue;
      const start = writeDatagramHeader(buffer, DATAGRAM_HEADER_BYTES_MAX, from);
      const end = DATAGRAM_HEADER_BYTES_MAX + count;
      if (end - start > DATAGRAM_BYTES_MAX) continue;
      this.#client.watch.touch();
      this.#client.traffic.down += count;
      granted.down += count;
      await this.#relay.send(buffer.subarray(start, end), this.#answerTo);
    }
  }

  /** Keeps hold of a task until it ends. One that breaks is a bug of ours, and ends the association. */
  #hold(task: Promise<void>): void {
    const held = task.catch((error) => {
      if (this.#client.closed) return;
      this.#complain(error instanceof Error ? error.stack ?? `${error}` : `${error}`);
      this.#client.close();
    }).finally(() => this.#tasks.delete(held));
    this.#tasks.add(held);
  }

  #complain(why: string): void {
    this.#door.diagnose(`Cannot carry datagrams of SOCKS client ${this.#client.address}: ${why}`);
  }
}

/**
 * Bytes that take memory only as far as datagrams reach into them: a buffer that may be resized is mapped
 * page by page, any other is filled with zeros. A thousand associations were measured at 54 MB, against 161.
 */
function untouched(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(length, { maxByteLength: length }));
}

/** Reads what has no meaning on a control connection, until its end (RFC 1928 section 7). */
async function discard({ reader }: ClientConnection): Promise<void> {
  const scrap = new Uint8Array(SCRAP_BYTES);
  try {
    while ((await reader.read(scrap)) !== null);
  } catch {
    // Reset, or closed by a limit or by us: over either way.
  }
}

const SCRAP_BYTES = 512;
