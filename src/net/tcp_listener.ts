import type { SocketAddress } from "./address/endpoint.ts";
import { formatIp, parseIp } from "./address/ip.ts";
import type { ByteStream } from "./stream/stream.ts";
import { SystemStream } from "./system_stream.ts";

/** A client that has connected. */
export interface Accepted {
  readonly stream: ByteStream;
  /** Who. */
  readonly peer: SocketAddress;
  /** The address of ours that it reached: tells more than the listener's where that is unspecified. */
  readonly local: SocketAddress;
}

/** A listening socket. */
export interface TcpListener {
  /** Where it really listens. */
  readonly address: SocketAddress;
  /** The next client; null once the listener is closed. Rejects when the system cannot accept (EMFILE). */
  accept(): Promise<Accepted | null>;
  close(): void;
}

/** Listens at once. Throws what `Deno.listen` throws: `AddrInUse`, `AddrNotAvailable`, `PermissionDenied`. */
export function listenTcp(at: SocketAddress): TcpListener {
  return listenerOf(Deno.listen({ hostname: formatIp(at.ip), port: at.port }), at);
}

/**
 * Listens so that other isolates of this process may accept there, too: see {@linkcode joinListener}. Nobody else on
 * this machine may. Throws what `Deno.listen` throws.
 */
export function listenForSeveral(at: SocketAddress): TcpListener {
  // Who shares a port finds it by its number, and is told of nobody who has it already.
  const first = listenTcp(at);
  first.close();
  return joinListener(first.address);
}

/**
 * Accepts on a socket that {@linkcode listenForSeveral} has opened in another isolate: each client is accepted once, by
 * whoever is there first. It is one socket, which lasts until all have closed it.
 */
export function joinListener(at: SocketAddress): TcpListener {
  // Not in the types: what `deno serve --parallel` does.
  const shared = { hostname: formatIp(at.ip), port: at.port, loadBalanced: true };
  return listenerOf(Deno.listen(shared), at);
}

function listenerOf(listener: Deno.TcpListener, at: SocketAddress): TcpListener {
  let open = true;
  return {
    address: socketAddress(listener.addr, at),
    async accept(): Promise<Accepted | null> {
      while (open) {
        try {
          const conn = await listener.accept();
          return {
            stream: new SystemStream(conn),
            peer: socketAddress(conn.remoteAddr, at),
            local: socketAddress(conn.localAddr, at),
          };
        } catch (error) {
          if (open && !wasReset(error)) throw error;
        }
      }
      return null;
    },
    close(): void {
      if (!open) return;
      open = false;
      listener.close();
    },
  };
}

function socketAddress(address: Deno.Addr, otherwise: SocketAddress): SocketAddress {
  const { hostname, port } = address as Deno.NetAddr;
  return { ip: parseIp(hostname) ?? otherwise.ip, port };
}

/** Whether that client had reset its connection before it was taken: the next one may be fine. */
function wasReset(error: unknown): boolean {
  return error instanceof Deno.errors.NotConnected ||
    error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.ConnectionAborted;
}
