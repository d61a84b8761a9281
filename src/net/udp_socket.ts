import type { SocketAddress } from "./address/endpoint.ts";
import { formatIp, parseIp } from "./address/ip.ts";
import { unmapped } from "./address/mapped.ts";
import type { Received, UdpSocket } from "./ports.ts";

/** Binds with the system's UDP. Throws what the system says: `AddrNotAvailable`, `AddrInUse` … */
export function bindUdp(at: SocketAddress): UdpSocket {
  const conn = Deno.listenDatagram({
    transport: "udp",
    hostname: formatIp(at.ip),
    port: at.port,
  });
  return new DatagramSocket(conn, { ip: at.ip, port: (conn.addr as Deno.NetAddr).port });
}

/** A datagram socket of the runtime: what a peer does is no error, and closing twice is safe. */
export class DatagramSocket implements UdpSocket {
  readonly #conn: Deno.DatagramConn;
  #closed = false;
  // Most datagrams come from where the last came from, and go where the last went: their addresses need
  // not be read, or written, again.
  #lastFrom: { readonly hostname: string; readonly address: SocketAddress } | null = null;
  #lastTo: { readonly address: SocketAddress; readonly written: Deno.NetAddr } | null = null;

  constructor(conn: Deno.DatagramConn, readonly address: SocketAddress) {
    this.#conn = conn;
  }

  async receive(into: Uint8Array): Promise<Received | null> {
    while (!this.#closed) {
      try {
        const [bytes, sender] = await this.#conn.receive(into);
        const from = this.#read(sender as Deno.NetAddr);
        // A sender that has no address could not be answered.
        if (from !== null && !this.#closed) return { count: bytes.length, from };
      } catch (error) {
        if (!this.#closed && !isPeersDoing(error)) throw error;
      }
    }
    return null;
  }

  async send(bytes: Uint8Array, to: SocketAddress): Promise<boolean> {
    try {
      await this.#conn.send(bytes, this.#write(to));
      return true;
    } catch {
      // Too long, no route, forbidden, closed: this datagram is lost, as datagrams may be.
      return false;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#conn.close();
  }

  #read({ hostname, port }: Deno.NetAddr): SocketAddress | null {
    const last = this.#lastFrom;
    if (last !== null && last.hostname === hostname && last.address.port === port) {
      return last.address;
    }
    const ip = parseIp(hostname);
    if (ip === null) return null;
    const address = { ip: unmapped(ip), port };
    this.#lastFrom = { hostname, address };
    return address;
  }

  /** Always an address in figures: the runtime would look up a name. */
  #write(address: SocketAddress): Deno.NetAddr {
    if (this.#lastTo?.address !== address) {
      const written = {
        transport: "udp",
        hostname: formatIp(address.ip),
        port: address.port,
      } as const;
      this.#lastTo = { address, written };
    }
    return this.#lastTo.written;
  }
}

/** Whether it tells of an earlier datagram that could not be delivered (ICMP), or of one that is too long. */
function isPeersDoing(error: unknown): boolean {
  if (
    error instanceof Deno.errors.ConnectionRefused ||
    error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.ConnectionAborted ||
    error instanceof Deno.errors.NetworkUnreachable ||
    error instanceof Deno.errors.TimedOut
  ) return true;
  const { code } = error as { readonly code?: unknown };
  return code === "EHOSTUNREACH" || code === "ENETRESET" || code === "EMSGSIZE";
}
