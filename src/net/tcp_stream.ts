import type { ByteStream } from "./stream/stream.ts";

/** A TCP connection as a {@linkcode ByteStream}: without Nagle's delay, and safe to close twice. */
export class TcpStream implements ByteStream {
  readonly #conn: Deno.TcpConn;
  #closed = false;

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
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
