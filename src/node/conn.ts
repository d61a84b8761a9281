import type { Socket } from "node:net";
import { BadResource, orSystemError, systemError } from "./errors.ts";

/** An address of the network. */
export interface NetAddr {
  readonly transport: "tcp" | "udp";
  readonly hostname: string;
  readonly port: number;
}

/** An address of a unix socket. Node does not tell the path. */
export interface UnixAddr {
  readonly transport: "unix";
  readonly path: string | null;
}

/** An end of a connection. */
export type Addr = NetAddr | UnixAddr;

/**
 * A connection of Node, read and written one call at a time. Nothing is read from it before the first read, and then
 * no more than its buffer holds before the next: a slow reader slows its peer.
 */
export class TcpConn {
  readonly localAddr: Addr;
  readonly remoteAddr: Addr;
  readonly #socket: Socket;
  #rest: Uint8Array = new Uint8Array();
  #isListening = false;
  #hasEnded = false;
  #failure: unknown = null;
  #news = Promise.withResolvers<void>();

  constructor(socket: Socket, localAddr: Addr, remoteAddr: Addr) {
    this.#socket = socket;
    this.localAddr = localAddr;
    this.remoteAddr = remoteAddr;
    socket.on("end", () => {
      this.#hasEnded = true;
      this.#stir();
    });
    // An error that nobody listens for ends the process.
    socket.on("error", (error) => {
      this.#failure ??= systemError(error);
      this.#stir();
    });
    socket.on("close", () => {
      this.#failure ??= CLOSED;
      this.#stir();
    });
  }

  async read(into: Uint8Array): Promise<number | null> {
    if (!this.#isListening) this.#socket.on("readable", () => this.#stir());
    this.#isListening = true;
    while (this.#rest.length === 0) {
      const chunk: Uint8Array | null = this.#socket.read();
      if (chunk !== null) this.#rest = chunk;
      else if (this.#hasEnded) return null;
      else if (this.#failure !== null) throw this.#failure;
      else await this.#news.promise;
    }
    const taken = this.#rest.subarray(0, into.length);
    into.set(taken);
    this.#rest = this.#rest.subarray(taken.length);
    return taken.length;
  }

  /** Resolves when the system has taken all of it, so that the bytes may be written over. */
  async write(bytes: Uint8Array): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#socket.write(bytes, (error) => error ? reject(error) : resolve(bytes.length));
    return await orSystemError(promise);
  }

  async closeWrite(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#socket.destroyed) throw CLOSED;
    this.#socket.once("close", resolve);
    this.#socket.end(resolve);
    await promise;
    this.#socket.off("close", resolve);
  }

  setNoDelay(noDelay: boolean): void {
    this.#socket.setNoDelay(noDelay);
  }

  close(): void {
    this.#socket.destroy();
  }

  #stir(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers<void>();
  }
}

/** A connection to a unix socket is no other. */
export type UnixConn = TcpConn;

/** Made once: taking a stack costs more than all else in a close. */
const CLOSED = new BadResource("Cannot go on: the connection is closed");
