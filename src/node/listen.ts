import * as net from "node:net";
import { getSystemErrorName } from "node:util";
import { type NetAddr, TcpConn } from "./conn.ts";
import { BadResource, Busy, systemError } from "./errors.ts";

/** A listening socket. */
export class Listener {
  readonly addr: NetAddr;
  readonly #server: net.Server;
  readonly #clients: net.Socket[] = [];
  #waiting: PromiseWithResolvers<TcpConn> | null = null;
  #isClosed = false;

  constructor(server: net.Server, addr: NetAddr) {
    this.#server = server;
    this.addr = addr;
    server.on("connection", (socket) => {
      this.#clients.push(socket);
      this.#meet();
    });
    // The system cannot accept: who waits is told, and the server goes on.
    server.on("error", (error) => this.#refuse(systemError(error)));
  }

  /** The next client; one call at a time. Rejects with what the system says, or when it is closed. */
  accept(): Promise<TcpConn> {
    if (this.#isClosed) return Promise.reject(CLOSED);
    if (this.#waiting !== null) return Promise.reject(new Busy("Somebody accepts already"));
    const next = Promise.withResolvers<TcpConn>();
    this.#waiting = next;
    this.#meet();
    return next.promise;
  }

  close(): void {
    this.#isClosed = true;
    this.#server.close();
    for (const socket of this.#clients.splice(0)) socket.destroy();
    this.#refuse(CLOSED);
  }

  /** Brings a client and whoever waits for one together. */
  #meet(): void {
    while (this.#waiting !== null && this.#clients.length > 0) {
      const conn = accepted(this.#clients.shift()!, this.addr);
      if (conn === null) continue;
      this.#waiting.resolve(conn);
      this.#waiting = null;
    }
  }

  #refuse(error: unknown): void {
    this.#waiting?.reject(error);
    this.#waiting = null;
  }
}

const CLOSED = new BadResource("Cannot accept: the listener is closed");

/** A client; null when it has left already. */
function accepted(socket: net.Socket, listener: NetAddr): TcpConn | null {
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  if (remoteAddress === undefined || remotePort === undefined) {
    socket.destroy();
    return null;
  }
  const local = {
    hostname: localAddress ?? listener.hostname,
    port: localPort ?? listener.port,
  };
  return new TcpConn(
    socket,
    { transport: "tcp", ...local },
    { transport: "tcp", hostname: remoteAddress, port: remotePort },
  );
}

/** Listens at an address in figures, at once. Throws what the system says. */
export function listen(
  { hostname, port }: { readonly hostname: string; readonly port: number },
): Listener {
  const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true });
  server.listen(bound(hostname, port));
  if (!server.listening) {
    // What is wrong is said a moment later, and can only be that: all else fails at the bind.
    server.on("error", () => {});
    throw refusal("EADDRINUSE", hostname, port);
  }
  return new Listener(server, addressOf(server));
}

/**
 * A socket that is bound, for a server to listen on. Node's `listen` returns before it has bound, and cannot say that
 * an address is taken. From version 24 on there is a class that can; before, there is what that class is made of.
 */
function bound(hostname: string, port: number): unknown {
  const { BoundSocket, _createServerHandle: createHandle } = net as unknown as Binding;
  if (BoundSocket !== undefined) {
    try {
      return new BoundSocket({ host: hostname, port });
    } catch (cause) {
      throw systemError(cause);
    }
  }
  const handle = createHandle(hostname, port, net.isIPv6(hostname) ? 6 : 4);
  if (typeof handle === "number") throw refusal(getSystemErrorName(handle), hostname, port);
  // That an address is taken is held back until the socket is asked for its name.
  const fault = handle.getsockname({});
  if (fault === 0) return handle;
  handle.close();
  throw refusal(getSystemErrorName(fault), hostname, port);
}

/** What the types of Node leave out. */
interface Binding {
  readonly BoundSocket?: new (at: { readonly host: string; readonly port: number }) => unknown;
  readonly _createServerHandle: (host: string, port: number, family: 4 | 6) => Handle | number;
}

interface Handle {
  /** Zero, or what is wrong. */
  readonly getsockname: (into: object) => number;
  readonly close: () => void;
}

function refusal(code: string, hostname: string, port: number): unknown {
  const message = `Cannot listen on ${hostname} port ${port}: ${code}`;
  return systemError(Object.assign(new Error(message), { code }));
}

function addressOf(server: net.Server): NetAddr {
  const { address, port } = server.address() as net.AddressInfo;
  return { transport: "tcp", hostname: address, port };
}
