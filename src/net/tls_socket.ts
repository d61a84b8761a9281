import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { SecureStream, TlsProtocol } from "./ports.ts";
import { byteStream, nodeStream } from "./stream/node_stream.ts";
import type { ByteStream } from "./stream/stream.ts";

const PROTOCOLS: readonly TlsProtocol[] = ["h2", "http/1.1"];

/** A connection whose handshake has begun. */
export interface BegunTls {
  /** What TLS runs on. */
  readonly outside: Duplex;
  /** Waits for the end of the handshake. Rejects with what it failed of, the connection closed. */
  readonly finish: (
    socket: TLSSocket,
    done: Promise<unknown>,
    signal: AbortSignal,
  ) => Promise<SecureStream>;
}

/**
 * Prepares a stream for TLS. The runtime's socket never says that it is full: a slow reader would have it take in all
 * that comes, so what it runs on is read only as far as the socket has been. HTTP/2 has windows of its own.
 */
export function beginTls(
  stream: ByteStream,
  allowHalfOpen: boolean,
  NodeDuplex: typeof Duplex,
): BegunTls {
  let inside: TLSSocket | null = null;
  let taken = Promise.withResolvers<void>();
  const isFull = () =>
    inside !== null && inside.alpnProtocol !== "h2" &&
    inside.readableLength >= inside.readableHighWaterMark;
  const room = async (): Promise<void> => {
    while (isFull()) await taken.promise;
  };
  const tookSome = () => {
    taken.resolve();
    taken = Promise.withResolvers<void>();
  };
  const outside = nodeStream(stream, { allowHalfOpen, room }, NodeDuplex);
  return {
    outside,
    finish: async (socket, done, signal) => {
      inside = socket;
      const fault = Promise.withResolvers<never>();
      const stop = () => fault.reject(signal.reason);
      // An error is an event, and one that nobody listens for ends the process.
      socket.on("error", fault.reject);
      socket.once("close", () => fault.reject(new Error("The connection was closed")));
      signal.addEventListener("abort", stop, { once: true });
      if (signal.aborted) stop();
      const bytes = byteStream(socket, tookSome);
      try {
        await Promise.race([fault.promise, done]);
      } catch (error) {
        bytes.close();
        signal.throwIfAborted();
        throw error;
      } finally {
        fault.promise.catch(() => {
          // What goes wrong later is told to whoever reads or writes then.
        });
        signal.removeEventListener("abort", stop);
      }
      const protocol = PROTOCOLS.find((each) => each === socket.alpnProtocol) ?? null;
      // A connection of HTTP/2 is over when either side has ended: nothing else would tell its session. Everything else may
      // be half-closed.
      outside.allowHalfOpen = socket.allowHalfOpen = protocol !== "h2";
      const close = () => {
        bytes.close();
        // The socket would close what it runs on a little later.
        outside.destroy();
      };
      return { ...bytes, close, protocol, native: socket };
    },
  };
}
