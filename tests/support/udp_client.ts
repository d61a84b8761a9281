import type { SocketAddress } from "../../src/net/address/endpoint.ts";
import type { UdpSocket } from "../../src/net/ports.ts";
import { latin1, latin1Bytes } from "../../src/net/stream/latin1.ts";
import { bindUdp } from "../../src/net/udp_socket.ts";
import { inTime } from "./in_time.ts";
import { ip } from "./policy.ts";
import { GREETING, ipAddress, NO_AUTH, socksRequest } from "./socks.ts";
import { datagram, readRelay } from "./udp_door.ts";
import type { Wire } from "./wire.ts";
import type { World } from "./world.ts";

/** What a test sets of its client. */
export interface UdpClientOptions {
  /** Whether it announces the port that it sends from; else 0. */
  readonly announces?: boolean;
  /** Where it sends from; where its relay is, unless said otherwise. */
  readonly from?: string;
}

/** A client with an association, and a real socket to send from. */
export interface UdpClient extends AsyncDisposable {
  /** The control connection. */
  readonly control: Wire;
  /** Where to send to. */
  readonly relay: SocketAddress;
  /** Where it sends from. */
  readonly address: SocketAddress;
  /** Datagrams that came, whole, a character a byte. */
  readonly received: readonly string[];
  /** Sends data to an address as {@linkcode ipAddress} writes it. */
  send(address: string, data: string): Promise<void>;
  /** Sends bytes as they are, to the relay or elsewhere. */
  sendBytes(bytes: string, to?: SocketAddress): Promise<void>;
  /** The next datagram, whole. */
  receive(): Promise<string>;
}

/** Asks for an association through the proxy of a world; fails unless it is given. */
export async function openUdp(
  world: Pick<World, "client" | "authority">,
  options: UdpClientOptions = {},
): Promise<UdpClient> {
  const control = await world.client();
  await control.send(GREETING);
  const method = await control.readExactly(2);
  if (method !== NO_AUTH) throw new Error(`Unexpected method ${JSON.stringify(method)}`);
  const from = options.from ?? (world.authority.startsWith("[") ? "::1" : "127.0.0.1");
  const socket = bindUdp({ ip: ip(from), port: 0 });
  try {
    const { port } = socket.address;
    const announced = ipAddress("0.0.0.0", options.announces === true ? port : 0);
    await control.send(socksRequest(announced, "udpAssociate"));
    return udpClient(control, socket, await readRelay(await control.readExactly(4), control));
  } catch (error) {
    socket.close();
    throw error;
  }
}

function udpClient(control: Wire, socket: UdpSocket, relay: SocketAddress): UdpClient {
  const received: string[] = [];
  let taken = 0;
  let news = Promise.withResolvers<void>();
  const pump = (async () => {
    const buffer = new Uint8Array(65_535);
    while (true) {
      const next = await socket.receive(buffer);
      if (next === null) return;
      received.push(latin1(buffer.subarray(0, next.count)));
      news.resolve();
      news = Promise.withResolvers<void>();
    }
  })();
  const sendBytes = async (bytes: string, to = relay) => {
    if (!(await socket.send(latin1Bytes(bytes), to))) throw new Error("The datagram was not taken");
  };
  return {
    control,
    relay,
    address: socket.address,
    received,
    sendBytes,
    send: (address, data) => sendBytes(datagram(address, data)),
    async receive(): Promise<string> {
      while (received.length === taken) await inTime(news.promise, "a datagram");
      taken += 1;
      return received[taken - 1]!;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      socket.close();
      await pump;
      await control[Symbol.asyncDispose]();
    },
  };
}
