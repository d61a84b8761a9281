import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { formatHost, type Host } from "./address/host.ts";
import { ConnectError } from "./errors.ts";
import type { TlsClient } from "./ports.ts";
import { type ByteStream, writeAll } from "./stream/stream.ts";

/** Nothing else is spoken inside: a server that would rather have HTTP/2 is told so at once. */
const ALPN = ["http/1.1"];

/** As much as one TLS record holds (RFC 8446 section 5.1). */
const READ_BYTES = 16 * 1024;

/**
 * TLS as a client, by the authorities that Deno trusts: `DENO_TLS_CA_STORE` and `DENO_CERT` say which.
 *
 * It is the TLS of `node:tls`, which takes any stream. `Deno.startTls` swallows the connection, and one that is
 * closed amid its handshake stays open until the peer ends it: a server that hangs would cost a descriptor for
 * every attempt.
 */
export const tlsClient: TlsClient = trusting(null);

/** A {@linkcode TlsClient} that trusts these authorities (PEM) and no others; null is those that Deno trusts. */
export function trusting(authorities: readonly string[] | null): TlsClient {
  return async (stream, host, signal) => {
    if (signal.aborted) {
      stream.close();
      throw signal.reason;
    }
    const { socket, tookSome } = await startTls(stream, host, authorities);
    const fault = Promise.withResolvers<never>();
    const fail = (cause: unknown) => fault.reject(cause);
    const stop = () => fail(signal.reason);
    // An error is an event, and one that nobody listens for ends the process.
    socket.on("error", fail);
    socket.once("close", () => fail(new Error("The connection was closed")));
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    const secured = new Promise<void>((resolve) => socket.once("secureConnect", resolve));
    const inside = byteStream(socket, tookSome);
    try {
      await Promise.race([fault.promise, secured]);
      return inside;
    } catch (cause) {
      inside.close();
      signal.throwIfAborted();
      throw new ConnectError("connection_failed", `Cannot speak TLS with ${formatHost(host)}`, {
        cause,
        detail: "TLS failed, or its certificate is not trusted for its name",
      });
    } finally {
      fault.promise.catch(() => {
        // What goes wrong later is told to whoever reads or writes then.
      });
      signal.removeEventListener("abort", stop);
    }
  };
}

/** A connection whose handshake has begun. */
interface Started {
  readonly socket: TLSSocket;
  /** To be told whenever something was read from the socket. */
  readonly tookSome: () => void;
}

/** Begins a handshake. The modules are loaded when they are first needed, for they are slow to load. */
async function startTls(
  stream: ByteStream,
  host: Host,
  authorities: readonly string[] | null,
): Promise<Started> {
  const [tls, { Duplex }] = await Promise.all([import("node:tls"), import("node:stream")]);
  const name = formatHost(host);
  let socket: TLSSocket | null = null;
  let taken = Promise.withResolvers<void>();
  // The runtime's socket never says that it is full: a slow reader would have it take in all that comes.
  const room = async (): Promise<void> => {
    while (socket !== null && socket.readableLength >= socket.readableHighWaterMark) {
      await taken.promise;
    }
  };
  socket = tls.connect({
    socket: nodeStream(stream, room, Duplex),
    host: name,
    // RFC 6066 section 3: no address goes into the server name; the certificate is verified for `host` then.
    servername: host.kind === "name" ? name : "",
    ALPNProtocols: ALPN,
    ...(authorities === null ? {} : { ca: [...authorities] }),
  });
  const tookSome = () => {
    taken.resolve();
    taken = Promise.withResolvers<void>();
  };
  return { socket, tookSome };
}

/** A stream of ours as one of Node's, that is read only when there is room. */
function nodeStream(
  stream: ByteStream,
  room: () => Promise<void>,
  NodeDuplex: typeof Duplex,
): Duplex {
  const made = new NodeDuplex({
    allowHalfOpen: true,
    read() {
      // Node keeps what it is given: each read has bytes of its own.
      const bytes = new Uint8Array(READ_BYTES);
      room().then(() => stream.read(bytes)).then(
        (count) => made.push(count === null ? null : bytes.subarray(0, count)),
        (error) => made.destroy(error),
      );
    },
    write(bytes: Uint8Array, _encoding, done) {
      writeAll(stream, bytes).then(() => done(), done);
    },
    final(done) {
      stream.closeWrite().then(() => done(), done);
    },
    destroy(error, done) {
      stream.close();
      done(error);
    },
  });
  return made;
}

/** A stream of Node's as one of ours. */
function byteStream(socket: TLSSocket, tookSome: () => void): ByteStream {
  let rest = new Uint8Array();
  let hasEnded = false;
  let failure: Error | null = null;
  let news = Promise.withResolvers<void>();
  const stir = () => {
    news.resolve();
    news = Promise.withResolvers<void>();
  };
  socket.on("readable", stir);
  socket.on("end", () => {
    hasEnded = true;
    stir();
  });
  socket.on("error", (error) => {
    failure ??= error;
    stir();
  });
  socket.on("close", () => {
    failure ??= new Deno.errors.BadResource("Cannot read: stream is closed");
    stir();
  });
  return {
    async read(into: Uint8Array): Promise<number | null> {
      while (rest.length === 0) {
        const chunk: Uint8Array<ArrayBuffer> | null = socket.read();
        if (chunk !== null) {
          rest = chunk;
          tookSome();
        } else if (hasEnded) return null;
        else if (failure !== null) throw failure;
        else await news.promise;
      }
      const taken = rest.subarray(0, into.length);
      into.set(taken);
      rest = rest.subarray(taken.length);
      return taken.length;
    },
    async write(bytes: Uint8Array): Promise<number> {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      socket.write(bytes, (error) => error ? reject(error) : resolve(bytes.length));
      return await promise;
    },
    async closeWrite(): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>();
      socket.once("close", () => resolve());
      socket.end(() => resolve());
      await promise;
    },
    close(): void {
      // What it runs on is destroyed with it.
      socket.destroy();
    },
  };
}
