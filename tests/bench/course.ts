import type { Job } from "./job.ts";
import { COMMAND, requestSocks } from "./socks.ts";
import { encode, expectSuccess, HEAD_BYTES_MAX, readHead, send } from "./wire.ts";

/** What a course closes when it is over. */
interface Closer {
  close(): void;
}

/** What one of a job's connections goes by. */
export class Course {
  readonly took: number[] = [];
  /** What went wrong. */
  readonly faults: string[] = [];
  readonly #open = new Set<Closer>();
  #lap = performance.now();
  #over = false;

  #end: number;

  constructor(readonly job: Job, end: number) {
    this.#end = end;
  }

  /** Begins with the clock anew: what was done until now was to get ready. */
  begin(end: number): void {
    this.#end = end;
    this.#lap = performance.now();
  }

  /** Whether there is time for another one. */
  get on(): boolean {
    return !this.#over && this.#lap < this.#end;
  }

  /** Counts one that is done, and took from the one before until now, or from `since`. */
  lap(since = this.#lap): void {
    const now = performance.now();
    this.took.push(now - since);
    this.#lap = now;
  }

  /** Counts some that will not come any more. What they were on goes on. */
  lost(count: number, what: string): void {
    for (let i = 0; i < count; i++) this.faults.push(what);
    this.#lap = performance.now();
  }

  /** Counts one that went wrong, and drops what it was on. */
  fault(error: unknown): void {
    this.faults.push(error instanceof Error ? error.message : String(error));
    this.#lap = performance.now();
    this.closeAll();
  }

  /** Connects to the proxy, or to `port` of the origin where there is none. */
  async connect(port: number): Promise<Deno.TcpConn> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: this.job.proxy ?? port });
    this.own(conn);
    conn.setNoDelay(true);
    return conn;
  }

  /** Connects to `port` of the origin through a tunnel, where there is a proxy. */
  async tunnel(port: number, host = "127.0.0.1"): Promise<Deno.TcpConn> {
    const conn = await this.connect(port);
    if (this.job.proxy === null) return conn;
    if (this.job.route === "socks5") {
      await requestSocks(conn, COMMAND.connect, port);
      return conn;
    }
    const authority = `${host}:${port}`;
    await send(conn, encode(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`));
    expectSuccess(await readHead(conn, new Uint8Array(HEAD_BYTES_MAX)));
    return conn;
  }

  /** Speaks TLS with `localhost`, through a tunnel where there is a proxy, and believes nobody but the job's `ca`. */
  async secure(port: number): Promise<Deno.TlsConn> {
    const plain = await this.tunnel(port, "localhost");
    // It is the other's from here on, and closed by it.
    this.#open.delete(plain);
    const conn = await Deno.startTls(plain, {
      hostname: "localhost",
      caCerts: [this.job.ca],
      alpnProtocols: ["http/1.1"],
    });
    this.own(conn);
    await conn.handshake();
    return conn;
  }

  /** A socket for datagrams. */
  bind(): Deno.DatagramConn {
    const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
    this.own(socket);
    return socket;
  }

  /** Closes it, unless that was done. */
  close(what: Closer): void {
    if (this.#open.delete(what)) what.close();
  }

  /** Closes all that is open. */
  closeAll(): void {
    for (const what of this.#open) this.close(what);
  }

  /** Ends it: whoever waits for something that does not come is woken. */
  stop(): void {
    this.#over = true;
    this.closeAll();
  }

  /** Has it closed with all the others. */
  own(what: Closer): void {
    this.#open.add(what);
    if (this.#over) throw new Error("Cannot go on: nothing came for too long");
  }
}
