import type { Job } from "./job.ts";
import { encode, expectSuccess, HEAD_BYTES_MAX, readHead, send } from "./wire.ts";

/** What one of a job's connections goes by. */
export class Course {
  readonly took: number[] = [];
  /** What went wrong. */
  readonly faults: string[] = [];
  readonly #open = new Set<Deno.TcpConn>();
  #lap = performance.now();
  #over = false;

  constructor(readonly job: Job, readonly end: number) {}

  /** Whether there is time for another one. */
  get on(): boolean {
    return !this.#over && this.#lap < this.end;
  }

  /** Counts one that is done. */
  lap(): void {
    const now = performance.now();
    this.took.push(now - this.#lap);
    this.#lap = now;
  }

  /** Counts one that went wrong, and drops what it was on. */
  fault(error: unknown): void {
    this.faults.push(error instanceof Error ? error.message : String(error));
    this.#lap = performance.now();
    this.#closeAll();
  }

  /** Connects to the proxy, or to `port` of the origin where there is none. */
  async connect(port: number): Promise<Deno.TcpConn> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: this.job.proxy ?? port });
    this.#open.add(conn);
    conn.setNoDelay(true);
    if (this.#over) throw new Error("Cannot go on: nothing came for too long");
    return conn;
  }

  /** Connects to `port` of the origin through a tunnel, where there is a proxy. */
  async tunnel(port: number): Promise<Deno.TcpConn> {
    const conn = await this.connect(port);
    if (this.job.proxy === null) return conn;
    const authority = `127.0.0.1:${port}`;
    await send(conn, encode(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`));
    expectSuccess(await readHead(conn, new Uint8Array(HEAD_BYTES_MAX)));
    return conn;
  }

  /** Closes it, unless that was done. */
  close(conn: Deno.TcpConn): void {
    if (this.#open.delete(conn)) conn.close();
  }

  /** Ends it: whoever waits for something that does not come is woken. */
  stop(): void {
    this.#over = true;
    this.#closeAll();
  }

  #closeAll(): void {
    for (const conn of this.#open) this.close(conn);
  }
}
