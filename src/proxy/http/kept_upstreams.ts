import { type Http2Client, http2Client } from "../../http/http2/client.ts";
import { type Endpoint, sameEndpoint, type SocketAddress } from "../../net/address/endpoint.ts";
import { ConnectError } from "../../net/errors.ts";
import type { SecureStream } from "../../net/ports.ts";
import type { ByteStream } from "../../net/stream/stream.ts";
import type { Connected } from "../connect.ts";
import { UpstreamConnection } from "./upstream_connection.ts";

/** A connection of HTTP/2, which carries many requests at once, and where it goes. */
interface Shared {
  readonly session: Http2Client;
  /** What it is spoken on. */
  readonly stream: ByteStream;
  readonly address: SocketAddress;
  readonly target: Endpoint;
}

/** As many as a browser opens to one host; a client of HTTP/1.1 rests one at a time. */
const RESTING_MAX = 6;

/** Connections that one client has had made, kept for its next requests. Never another client's. */
export class KeptUpstreams {
  #resting: UpstreamConnection[] = [];
  #shared: Shared | null = null;
  #closed = false;
  #connecting: Promise<unknown> | null = null;

  /**
   * Makes a connection that may turn out to carry many requests: one at a time, so that those that are asked for at once
   * share it. Resolves to null when another has been made meanwhile, or given up; rejects for all who waited when the
   * target could not be reached.
   */
  async connect<T>(make: () => Promise<T>): Promise<T | null> {
    if (this.#connecting !== null) {
      await this.#connecting;
      return null;
    }
    const making = make();
    const over = making.then(() => {}, (error) => {
      // Trying again, one after the other, would last longer than any of them may wait.
      if (error instanceof ConnectError) throw error;
    }).finally(() => this.#connecting = null);
    over.catch(() => {
      // Told to whoever waits.
    });
    this.#connecting = over;
    return await making;
  }

  /** One that goes to `target` and can carry a request; null when there is none. It is the caller's from then on. */
  take(target: Endpoint): UpstreamConnection | null {
    const shared = this.#shared;
    if (shared !== null && shared.session.isOpen && sameEndpoint(shared.target, target)) {
      const { session, address } = shared;
      const stream = session.request();
      return new UpstreamConnection({ ...OF_SESSION, stream, address }, shared.target, true);
    }
    const found = this.#resting.find((upstream) => upstream.serves(target)) ?? null;
    // Whatever goes elsewhere, or is spent, is of no more use.
    for (const upstream of this.#resting) {
      if (upstream !== found && !upstream.serves(target)) upstream.close();
    }
    this.#resting = this.#resting.filter((upstream) =>
      upstream !== found && upstream.serves(target)
    );
    return found;
  }

  /** Keeps one for the next request. */
  keep(upstream: UpstreamConnection): void {
    if (this.#closed || this.#resting.length >= RESTING_MAX) return upstream.close();
    this.#resting.push(upstream);
    upstream.rest();
  }

  /** Begins to speak HTTP/2 on a new connection, and keeps it for other requests in place of the one before. */
  async begin(
    { address, stream }: Connected,
    secure: SecureStream,
    target: Endpoint,
  ): Promise<UpstreamConnection> {
    const session = await http2Client(secure.native);
    if (this.#closed) {
      session.close();
      stream.close();
      throw new Deno.errors.BadResource("Cannot begin: the client has left");
    }
    const first = new UpstreamConnection(
      { ...OF_SESSION, stream: session.request(), address },
      target,
      true,
    );
    // Without an address nothing was judged that another request could rely on.
    if (address === null) session.finish();
    else {
      this.#shared?.session.finish();
      this.#shared = { session, stream, address, target };
    }
    return first;
  }

  /** Drops them all, and whatever comes later. Safe to call twice. */
  close(): void {
    this.#closed = true;
    for (const upstream of this.#resting) upstream.close();
    this.#resting = [];
    this.#shared?.session.close();
    // The session closes what it runs on a little later.
    this.#shared?.stream.close();
  }
}

const OF_SESSION = { reader: null, plainProxy: null, secure: null } as const;
