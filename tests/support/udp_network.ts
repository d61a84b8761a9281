import { formatSocketAddress, type SocketAddress } from "../../src/net/address/endpoint.ts";
import type { UdpBinder, UdpSocket } from "../../src/net/ports.ts";
import { latin1, latin1Bytes } from "../../src/net/stream/latin1.ts";
import { bindUdp } from "../../src/net/udp_socket.ts";
import { ip } from "./policy.ts";

/** What a server answers to a datagram; null is silence. */
export type UdpScript = (data: string, address: string) => string | null;

/** Every server of the world, for datagrams: each is a socket of its own on loopback. */
export interface UdpNetwork extends AsyncDisposable {
  /** To be given to the proxy: real sockets, but what goes outward leads to a server here. */
  readonly bind: UdpBinder;
  /** `ip:port` of each datagram that went outward, as the proxy meant it, and its data. */
  readonly sent: readonly (readonly [string, string])[];
  /** Sockets of the proxy that it has not closed. */
  readonly open: number;
  /** Where the proxy sends from: what is sent there comes from outside. */
  readonly outward: readonly SocketAddress[];
}

/** Makes a network in which every address answers: with what it was sent, unless said otherwise. */
export function makeUdpNetwork(answer: UdpScript = (data) => data): UdpNetwork {
  const servers = new Map<string, Server>();
  const byPort = new Map<number, SocketAddress>();
  const sent: (readonly [string, string])[] = [];
  const open = new Set<UdpSocket>();
  const outward: SocketAddress[] = [];
  const serverOf = (to: SocketAddress): SocketAddress => {
    const address = formatSocketAddress(to);
    const server = servers.get(address) ?? startServer(to, answer);
    servers.set(address, server);
    byPort.set(server.socket.address.port, to);
    return server.socket.address;
  };

  const redirected = (inner: UdpSocket): UdpSocket => ({
    address: inner.address,
    async receive(into: Uint8Array) {
      const received = await inner.receive(into);
      if (received === null) return null;
      // Who is no server here shows its own address.
      return { ...received, from: byPort.get(received.from.port) ?? received.from };
    },
    send(bytes: Uint8Array, to: SocketAddress): Promise<boolean> {
      sent.push([formatSocketAddress(to), latin1(bytes)]);
      return inner.send(bytes, serverOf(to));
    },
    close: () => inner.close(),
  });

  const bind: UdpBinder = (at) => {
    const inner = bindUdp(at);
    const isOutward = at.ip.bits === 0n;
    const socket = isOutward ? redirected(inner) : inner;
    if (isOutward) outward.push({ ip: loopback(at), port: inner.address.port });
    const counted: UdpSocket = {
      address: socket.address,
      receive: (into) => socket.receive(into),
      send: (bytes, to) => socket.send(bytes, to),
      close: () => {
        open.delete(counted);
        socket.close();
      },
    };
    open.add(counted);
    return counted;
  };
  return {
    bind,
    sent,
    outward,
    get open(): number {
      return open.size;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      for (const { socket } of servers.values()) socket.close();
      for (const { ended } of servers.values()) await ended;
      if (open.size > 0) throw new Error(`${open.size} sockets of the proxy were left open`);
    },
  };
}

interface Server {
  readonly socket: UdpSocket;
  readonly ended: Promise<void>;
}

function startServer(as: SocketAddress, answer: UdpScript): Server {
  const socket = bindUdp({ ip: loopback(as), port: 0 });
  const address = formatSocketAddress(as);
  const serve = async () => {
    const buffer = new Uint8Array(65_535);
    while (true) {
      const received = await socket.receive(buffer);
      if (received === null) return;
      const reply = answer(latin1(buffer.subarray(0, received.count)), address);
      if (reply !== null) await socket.send(latin1Bytes(reply), received.from);
    }
  };
  return { socket, ended: serve() };
}

function loopback({ ip: { family } }: SocketAddress): SocketAddress["ip"] {
  return ip(family === 4 ? "127.0.0.1" : "::1");
}
