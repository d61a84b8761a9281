import { BufferedReader } from "../net/buffered_reader.ts";
import type { Deadlines } from "../net/deadlines.ts";
import type { ByteStream } from "../net/stream.ts";
import { Watch } from "../net/watch.ts";
import type { UpstreamConnection } from "./upstream_connection.ts";

/** How long, and how much, a client may go on sending after the last answer (RFC 9112 section 9.6). */
const LINGER_MS = 2000;
const LINGER_BYTES = 256 * 1024;

/** One client, from accept to close, with the one upstream connection that is kept for its next request. */
export class ClientConnection {
  readonly reader: BufferedReader;
  readonly watch: Watch;
  readonly #closing = new AbortController();
  /** Between the end of an exchange and the first byte of the next: nothing is lost by closing now. */
  idle = true;
  /** Kept for the next request to the same target; closed with the client. */
  upstream: UpstreamConnection | null = null;

  constructor(
    readonly stream: ByteStream,
    /** `ip:port`, for records. */
    readonly address: string,
    deadlines: Deadlines,
    idleMs: number,
  ) {
    this.reader = new BufferedReader(stream);
    this.watch = new Watch(deadlines, idleMs, () => this.close());
  }

  /** Aborted when the connection is closed, by whomever. */
  get signal(): AbortSignal {
    return this.#closing.signal;
  }

  /** Whether it is over. */
  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Drops the client and what is kept for it. Safe to call twice. */
  close(): void {
    if (this.closed) return;
    this.#closing.abort(new DOMException("The client connection is closed", "AbortError"));
    this.watch.clear();
    this.stream.close();
    this.upstream?.close();
  }

  /**
   * Ends after an answer: says so, and lets the client finish what it is sending. Closing at once would
   * reset the connection and could destroy the answer on its way.
   */
  async linger(): Promise<void> {
    if (this.closed) return;
    this.watch.set(LINGER_MS, () => this.close());
    try {
      await this.stream.closeWrite();
      const scrap = new Uint8Array(4096);
      let total = 0;
      while (total < LINGER_BYTES) {
        const count = await this.reader.read(scrap);
        if (count === null) break;
        total += count;
      }
    } catch {
      // Reset by the client, or closed by the watch: over either way.
    }
    this.close();
  }
}
