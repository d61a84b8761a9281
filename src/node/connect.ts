import { connect as netConnect, type Socket } from "node:net";
import { type Addr, TcpConn } from "./conn.ts";
import { systemError } from "./errors.ts";

/** Where to connect to. */
export type ConnectOptions =
  | {
    /** An address in figures. */
    readonly hostname: string;
    readonly port: number;
    readonly signal?: AbortSignal;
  }
  | { readonly transport: "unix"; readonly path: string };

/** Connects. Rejects with what the system says, or with the signal's reason. */
export async function connect(options: ConnectOptions): Promise<TcpConn> {
  const signal = "signal" in options ? options.signal : undefined;
  signal?.throwIfAborted();
  // The other side may be written to after it has ended, and is read when it is asked for.
  const socket = "path" in options
    ? netConnect({ path: options.path, allowHalfOpen: true })
    : netConnect({ host: options.hostname, port: options.port, allowHalfOpen: true });
  socket.pause();
  await connected(socket, signal);
  if ("path" in options) {
    const nowhere: Addr = { transport: "unix", path: null };
    return new TcpConn(socket, nowhere, nowhere);
  }
  const { hostname, port } = options;
  return new TcpConn(
    socket,
    {
      transport: "tcp",
      hostname: socket.localAddress ?? "",
      port: socket.localPort ?? 0,
    },
    { transport: "tcp", hostname, port },
  );
}

/** Waits for the connection. What is left of one that came to nothing is closed. */
async function connected(socket: Socket, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stop = () => reject(signal?.reason);
  socket.once("connect", resolve);
  socket.once("error", reject);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    await promise;
  } catch (error) {
    socket.on("error", () => {
      // Of one that is closed already.
    });
    socket.destroy();
    throw systemError(error);
  } finally {
    signal?.removeEventListener("abort", stop);
    socket.off("error", reject);
  }
}
