import type { ByteStream } from "./stream/stream.ts";

/**
 * A connection of the system as a {@linkcode ByteStream}: over TCP without Nagle's delay, and safe to close
 * twice.
 */
export class SystemStream implements ByteStream {
  readonly #conn: Deno.TcpConn | Deno.UnixConn;
  #closed = false;

  constructor(conn: Deno.TcpConn | Deno.UnixConn) {
    this.#conn = conn;
    if (!("setNoDelay" in conn)) return;
    try {
      // The runtime leaves Nagle's algorithm on; a head followed by a small body would wait 40 ms for an ACK.
      conn.setNoDelay(true);
    } catch {
      // Some systems refuse it once the peer has reset the connection: the first read will tell.
    }
  }

  read(into: Uint8Array): Promise<number | null> {
    return this.#conn.read(into);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#conn.write(bytes);
  }

  async closeWrite(): Promise<void> {
    try {
      await this.#conn.closeWrite();
    } catch {
      // The peer is gone already (ENOTCONN, EPIPE): it needs no telling.
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#conn.close();
  }
}
