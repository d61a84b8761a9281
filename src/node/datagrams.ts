import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import type { NetAddr } from "./conn.ts";
import { BadResource, orSystemError, systemError } from "./errors.ts";

/**
 * Bytes that wait to be received: as much as Linux holds for a socket. Node hands out what comes as it comes, and what
 * finds no room is lost, as it would be there.
 */
const WAITING_BYTES_MAX = 208 * 1024;
/** What keeping one costs besides: empty ones are not free. */
const DATAGRAM_BYTES = 512;

/** A socket for datagrams. */
export class DatagramConn {
  readonly addr: NetAddr;
  readonly #socket: Socket;
  readonly #waiting: { readonly bytes: Uint8Array; readonly from: NetAddr }[] = [];
  #waitingBytes = 0;
  #failure: unknown = null;
  #isClosed = false;
  #news = Promise.withResolvers<void>();

  constructor(socket: Socket, addr: NetAddr) {
    this.#socket = socket;
    this.addr = addr;
    socket.on("message", (bytes, { address: hostname, port }) => {
      const cost = bytes.length + DATAGRAM_BYTES;
      if (this.#waitingBytes + cost > WAITING_BYTES_MAX) return;
      this.#waitingBytes += cost;
      this.#waiting.push({ bytes, from: { transport: "udp", hostname, port } });
      this.#stir();
    });
    socket.on("error", (error) => {
      this.#failure = systemError(error);
      this.#stir();
    });
  }

  /** One datagram; what does not fit is lost. */
  async receive(into: Uint8Array): Promise<[Uint8Array, NetAddr]> {
    while (this.#waiting.length === 0) {
      if (this.#isClosed) throw new BadResource("Cannot receive: the socket is closed");
      const failure = this.#failure;
      this.#failure = null;
      if (failure !== null) throw failure;
      await this.#news.promise;
    }
    const { bytes, from } = this.#waiting.shift()!;
    this.#waitingBytes -= bytes.length + DATAGRAM_BYTES;
    const taken = bytes.subarray(0, into.length);
    into.set(taken);
    return [into.subarray(0, taken.length), from];
  }

  /** Sends one datagram. Rejects when the system does not take it. */
  async send(bytes: Uint8Array, { hostname, port }: NetAddr): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    try {
      this.#socket.send(
        bytes,
        port,
        hostname,
        (error) => error ? reject(error) : resolve(bytes.length),
      );
    } catch (error) {
      reject(error);
    }
    return await orSystemError(promise);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#waiting.length = 0;
    this.#socket.close();
    this.#stir();
  }

  #stir(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers<void>();
  }
}

/** Binds at an address in figures, at once. Throws what the system says. */
export function listenDatagram(
  { hostname, port }: {
    readonly transport: "udp";
    readonly hostname: string;
    readonly port: number;
  },
): DatagramConn {
  const family = isIPv6(hostname) ? 6 : 4;
  const socket = createSocket({
    type: family === 6 ? "udp6" : "udp4",
    // Every address is in figures already. Answered at once, the socket is bound at once.
    lookup: (address, _options, answer) => answer(null, address, isIPv6(address) ? 6 : 4),
  });
  let failure: unknown = null;
  const fail = (error: unknown) => {
    failure = error;
  };
  socket.once("error", fail);
  socket.bind({ address: hostname, port, exclusive: true });
  if (failure !== null) {
    socket.close();
    throw systemError(failure);
  }
  socket.off("error", fail);
  return new DatagramConn(socket, { transport: "udp", hostname, port: socket.address().port });
}
