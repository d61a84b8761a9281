import {
  formatSocketAddress,
  parseEndpoint,
  type SocketAddress,
} from "../../src/net/address/endpoint.ts";
import type { Received, UdpBinder, UdpSocket } from "../../src/net/ports.ts";
import { latin1, latin1Bytes } from "../../src/net/stream/latin1.ts";

/** A socket in memory: what is sent is kept, and what is received a test decides. */
export interface FakeUdpSocket extends UdpSocket {
  /** `ip:port` and the bytes, a character each, in order. Those that were not taken are not in it. */
  readonly sent: readonly (readonly [string, string])[];
  readonly closed: boolean;
  /** Datagrams that nobody has received yet. */
  readonly waiting: number;
  /** Lets it receive a datagram of that sender, or fail. */
  inject(from: string, bytes: string): void;
  break(error: Error): void;
}

/** Says whether a datagram is taken, at once or later. */
export type Takes = (to: string, bytes: string) => boolean | Promise<boolean>;

/** What a test sets of its sockets. */
export interface FakeUdpOptions {
  /** Whether a datagram is taken; every one is, unless said otherwise. */
  readonly takes?: Takes;
  /** Called before a socket is made: may throw, and may choose its port. */
  readonly binding?: (at: SocketAddress) => number | void;
}

/** A binder of sockets in memory. */
export interface FakeUdp {
  readonly bind: UdpBinder;
  /** In the order in which they were bound. */
  readonly sockets: readonly FakeUdpSocket[];
}

/** Reads `ip:port`, with an IPv6 address in brackets. */
export function at(text: string): SocketAddress {
  const endpoint = parseEndpoint(text, null);
  if ("kind" in endpoint || endpoint.host.kind !== "ip") {
    throw new TypeError(`Cannot read "${text}" as an address and a port`);
  }
  return { ip: endpoint.host.ip, port: endpoint.port };
}

/** Makes a binder whose sockets are in memory. Their ports count up from 40000. */
export function fakeUdp(options: FakeUdpOptions = {}): FakeUdp {
  const sockets: FakeUdpSocket[] = [];
  let port = 40_000;
  const bind: UdpBinder = ({ ip, port: wanted }) => {
    const chosen = options.binding?.({ ip, port: wanted }) ?? port++;
    const socket = fakeSocket({ ip, port: chosen }, options.takes ?? (() => true));
    sockets.push(socket);
    return socket;
  };
  return { bind, sockets };
}

function fakeSocket(
  address: SocketAddress,
  takes: Takes,
): FakeUdpSocket {
  const sent: (readonly [string, string])[] = [];
  const inbox: (readonly [SocketAddress, Uint8Array] | Error)[] = [];
  let closed = false;
  let news = Promise.withResolvers<void>();
  const stir = () => {
    news.resolve();
    news = Promise.withResolvers<void>();
  };
  return {
    address,
    sent,
    get closed(): boolean {
      return closed;
    },
    get waiting(): number {
      return inbox.length;
    },
    async receive(into: Uint8Array): Promise<Received | null> {
      while (true) {
        if (closed) return null;
        const next = inbox.shift();
        if (next instanceof Error) throw next;
        if (next !== undefined) {
          const [from, bytes] = next;
          const count = Math.min(bytes.length, into.length);
          into.set(bytes.subarray(0, count));
          return { count, from };
        }
        await news.promise;
      }
    },
    async send(bytes: Uint8Array, to: SocketAddress): Promise<boolean> {
      const text = latin1(bytes);
      const taken = !closed && await takes(formatSocketAddress(to), text);
      if (taken) sent.push([formatSocketAddress(to), text]);
      return taken;
    },
    close(): void {
      closed = true;
      stir();
    },
    inject(from: string, bytes: string): void {
      inbox.push([at(from), latin1Bytes(bytes)]);
      stir();
    },
    break(error: Error): void {
      inbox.push(error);
      stir();
    },
  };
}
