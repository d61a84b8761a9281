import type { SocketAddress } from "../../src/net/address/endpoint.ts";
import { ClientConnection } from "../../src/proxy/client_connection.ts";
import type { SocksDoor } from "../../src/proxy/socks/socks_door.ts";
import { udpAssociate } from "../../src/proxy/socks/udp_associate.ts";
import type { SocksRequest } from "../../src/socks/handshake.ts";
import { type DoorOptions, makeDoor, type TestDoor } from "./door.ts";
import { inTime, turn } from "./in_time.ts";
import { streamPair } from "./memory_stream.ts";
import { ip } from "./policy.ts";
import {
  at,
  type FakeUdp,
  fakeUdp,
  type FakeUdpOptions,
  type FakeUdpSocket,
} from "./udp_sockets.ts";
import { Wire } from "./wire.ts";

/** What a test sets of its door. */
export interface UdpDoorOptions extends DoorOptions {
  readonly sockets?: FakeUdpOptions;
}

/** Who associates, and how. */
export interface AssociateOptions {
  /** The port that it announces; 0 unless said otherwise. */
  readonly port?: number;
  readonly attempt?: string;
  readonly peer?: string;
  readonly local?: string;
  /** Whether it has left already when it is answered. */
  readonly gone?: boolean;
}

/** A client that has asked for UDP ASSOCIATE. */
export interface TestAssociation {
  readonly connection: ClientConnection;
  /** Its end of the control connection. */
  readonly wire: Wire;
  /** Ends with the association. */
  readonly session: Promise<void>;
}

/** A door for datagrams without sockets: everything is in memory, and time stands still. */
export interface UdpTestDoor extends AsyncDisposable {
  readonly base: TestDoor;
  readonly door: SocksDoor;
  readonly udp: FakeUdp;
  readonly relayPorts: Set<number>;
  readonly diagnosed: readonly string[];
  /** Asks for an association and takes no answer. */
  ask(options?: AssociateOptions): TestAssociation;
  /** The sockets so far: the relay of the first association, then what was opened outward. */
  socket(index: number): FakeUdpSocket;
}

/** Makes a door with everything behind it but the network. */
export function makeUdpDoor(options: UdpDoorOptions = {}): UdpTestDoor {
  const base = makeDoor(options);
  const udp = fakeUdp(options.sockets);
  const relayPorts = new Set<number>();
  const diagnosed: string[] = [];
  const asked: TestAssociation[] = [];
  const { clock, deadlines, cell: policy } = base;
  const door: SocksDoor = {
    ...base.door,
    http: base.door,
    udp: { bind: udp.bind, clock, policy, relayPorts },
    diagnose: (line) => diagnosed.push(line),
  };
  return {
    base,
    door,
    udp,
    relayPorts,
    diagnosed,
    ask(form: AssociateOptions = {}): TestAssociation {
      const [ours, theirs] = streamPair();
      if (form.gone === true) theirs.close();
      const connection = new ClientConnection({
        stream: ours,
        peer: at(form.peer ?? "127.0.0.1:50000"),
        local: at(form.local ?? "127.0.0.1:1080"),
        entrance: base.entrance,
        deadlines,
        idleMs: door.limits.idleMs,
        reached: (limit) => base.reached.push(limit),
      });
      const session = udpAssociate(connection, request(form), form.attempt ?? null, door);
      const made = { connection, wire: new Wire(theirs), session };
      asked.push(made);
      return made;
    },
    socket(index: number): FakeUdpSocket {
      const socket = udp.sockets[index];
      if (socket === undefined) throw new Error(`Expected a socket of number ${index}`);
      return socket;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      for (const { connection, wire, session } of asked) {
        connection.close();
        await inTime(Promise.allSettled([session]), "the association to end");
        await wire[Symbol.asyncDispose]();
      }
      await base[Symbol.asyncDispose]();
      const open = udp.sockets.filter(({ closed }) => !closed);
      if (open.length > 0) throw new Error(`${open.length} sockets were left open`);
      if (relayPorts.size > 0) throw new Error(`${relayPorts.size} ports were left taken`);
    },
  };
}

/** Takes the reply that says where the relay is; fails for any other. */
export async function relayAddress({ wire }: TestAssociation): Promise<SocketAddress> {
  return readRelay(await wire.readExactly(4), wire);
}

/** A datagram of a client: nothing reserved is set, then an address, then the data. */
export function datagram(address: string, data: string): string {
  return `\0\0\0${address}${data}`;
}

/** Lets everything happen that was set off. */
export async function settle(): Promise<void> {
  await turn();
  await turn();
}

/** An association of its own, its relay, and a first client's place to send from. */
export interface OpenAssociation extends TestAssociation {
  readonly relay: FakeUdpSocket;
}

/** Opens the first association of a door. */
export async function openAssociation(
  world: UdpTestDoor,
  options?: AssociateOptions,
): Promise<OpenAssociation> {
  const association = world.ask(options);
  await relayAddress(association);
  return { ...association, relay: world.socket(0) };
}

/** Reads what follows the first four bytes of a reply (RFC 1928 section 6). */
export async function readRelay(start: string, wire: Wire): Promise<SocketAddress> {
  if (start !== "\x05\0\0\x01" && start !== "\x05\0\0\x04") {
    throw new Error(`Expected a relay, received ${JSON.stringify(start)}`);
  }
  const bytes = start.endsWith("\x04") ? 16 : 4;
  const rest = [...await wire.readExactly(bytes + 2)].map((letter) => letter.charCodeAt(0));
  const groups = (size: number) =>
    Array.from(
      { length: bytes / size },
      (_, index) => rest.slice(index * size, (index + 1) * size),
    );
  const text = bytes === 4
    ? rest.slice(0, 4).join(".")
    : groups(2).map(([high, low]) => ((high! << 8) | low!).toString(16)).join(":");
  return { ip: ip(text), port: (rest[bytes]! << 8) | rest[bytes + 1]! };
}

function request({ port = 0 }: AssociateOptions): SocksRequest {
  return { command: "udp_associate", address: { kind: "ip", ip: ip("0.0.0.0") }, port };
}
