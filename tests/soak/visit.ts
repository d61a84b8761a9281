import { COMMAND, requestSocks } from "../bench/socks.ts";
import { encode, expectSuccess, HEAD_BYTES_MAX, readHead, send } from "../bench/wire.ts";
import type { Random } from "../support/random.ts";
import type { Scene } from "./scene.ts";

interface Closer {
  close(): void;
}

/** What one client does, and what it closes when it leaves, however that comes. */
export class Visit {
  readonly #open = new Set<Closer>();
  #over = false;

  constructor(readonly scene: Scene, readonly random: Random) {}

  /** Connects to Doorward: where it speaks HTTP, unless another port is named. */
  async connect(port: number = this.scene.http): Promise<Deno.TcpConn> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    this.own(conn);
    return conn;
  }

  /** Opens a tunnel by CONNECT. */
  async tunnel(authority: string): Promise<Deno.TcpConn> {
    const conn = await this.connect();
    await send(conn, encode(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`));
    expectSuccess(await readHead(conn, new Uint8Array(HEAD_BYTES_MAX)));
    return conn;
  }

  /** The same by SOCKS5, to a port of 127.0.0.1. */
  async socks(port: number): Promise<Deno.TcpConn> {
    const conn = await this.connect(this.scene.socks);
    await requestSocks(conn, COMMAND.connect, port);
    return conn;
  }

  /** A tunnel to a port of `localhost` with TLS in it, which Doorward looks into. */
  async secure(port: number): Promise<Deno.TlsConn> {
    const plain = await this.tunnel(`localhost:${port}`);
    this.#open.delete(plain);
    const options = {
      hostname: "localhost",
      caCerts: [this.scene.ca],
      alpnProtocols: ["http/1.1"],
    };
    const conn = await Deno.startTls(plain, options);
    this.own(conn);
    await conn.handshake();
    return conn;
  }

  /** Waits; the end of the visit does not. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }

  /** Has it closed with the others. */
  own(what: Closer): void {
    this.#open.add(what);
    if (this.#over) this.leave();
  }

  /** Closes all that is open, and wakes whoever waits for it. */
  leave(): void {
    this.#over = true;
    for (const what of this.#open) {
      try {
        what.close();
      } catch {
        // It was closed on the way.
      }
    }
    this.#open.clear();
  }
}
