import { formatSocketAddress, type SocketAddress } from "../net/address/endpoint.ts";
import { BufferedReader } from "../net/stream/buffered_reader.ts";
import type { ReaderBuffers } from "../net/stream/reader_buffers.ts";
import type { Deadlines } from "../net/time/deadlines.ts";
import { type ByteStream, writeAll } from "../net/stream/stream.ts";
import { Watch } from "../net/time/watch.ts";
import type { RelayMeter } from "../net/stream/relay.ts";
import type { TunnelRequest } from "../policy/request.ts";
import type { Grant } from "./authorize.ts";
import type { SocketGrant } from "./authorize_socket.ts";
import type { Entrance } from "./entrance.ts";
import type { Passage } from "./passage.ts";
import type { LimitName, Reached } from "./limits.ts";
import { KeptUpstreams } from "./http/kept_upstreams.ts";

/** How long, and how much, a client may go on sending after the last answer (RFC 9112 section 9.6). */
const LINGER_MS = 2000;
const LINGER_BYTES = 256 * 1024;

/** How long a client may take to make room for an answer of our own, which is a few kilobytes at most. */
const ANSWER_MS = 10_000;

/** What is read ahead of a client that waits for a person: the first words of a tunnel are shorter. */
const AHEAD_BYTES_MAX = 16 * 1024;

/** What a client connection carries. */
export interface Serving {
  readonly grant: Grant | SocketGrant;
  readonly kind: "http" | "tunnel";
  readonly passage: Passage;
}

/** Why what is done for a client ends with it. Made once: taking a stack costs more than all else in a close. */
const CLOSED = new DOMException("The client connection is closed", "AbortError");

/** Something that can be closed, twice too. */
export interface Closer {
  close(): void;
}

function nobodyCares(): void {}

/** What is known of a client when it comes. */
export interface ClientOptions {
  readonly stream: ByteStream;
  readonly peer: SocketAddress;
  /** The address of ours that it reached. */
  readonly local: SocketAddress;
  readonly entrance: Entrance;
  readonly deadlines: Deadlines;
  readonly idleMs: number;
  /** Where its reader has its buffer from. */
  readonly readers?: ReaderBuffers;
  /** Told of the limits that it comes to; nobody is where it is no client of the proxy. */
  readonly reached?: Reached;
}

/** One client, from accept to close, with the upstream connections that are kept for its next requests. */
export class ClientConnection {
  readonly peer: SocketAddress;
  readonly local: SocketAddress;
  readonly watch: Watch;
  #stream: ByteStream;
  #reader: BufferedReader;
  #closing: AbortController | null = null;
  #isClosed = false;
  #ahead: Promise<boolean> | null = null;
  #hasLeft = false;
  #held = false;
  #left: () => void = nobodyCares;
  readonly #drop = () => {
    if (this.#limit !== null) this.reached(this.#limit);
    this.close();
  };
  /** Which limit it is that closes it, where it is one that can be set. */
  #limit: LimitName | null = null;
  #address: string | null = null;
  /** What it carries now; null between two requests, and for datagrams, each of which is decided by itself. */
  serving: Serving | null = null;
  /** The tunnel of which this is the other end; null where there is none. */
  inspected: TunnelRequest | null = null;
  /** Whether it is the control connection of a UDP association. */
  carriesDatagrams = false;
  /** Called when it becomes a tunnel. It is one and the same for all: a closure of each would outlive it. */
  onTunnel: (client: ClientConnection) => void = nobodyCares;
  /** Bytes that its tunnel, or its datagrams, have carried so far: from the client, and to it. */
  readonly traffic: RelayMeter = { up: 0, down: 0, touch: () => this.watch.touch() };
  /** Between the end of an exchange and the first byte of the next: nothing is lost by closing now. */
  idle = true;
  /** What is said to it when serving it fails for a fault of ours; null where that is for HTTP to say. */
  farewell: Uint8Array | null = null;
  #upstreams: KeptUpstreams | null = null;
  #carried: Set<ClientConnection> | null = null;
  /** What is closed with it: what it is being served by. */
  #along: readonly Closer[] = [];
  readonly #options: ClientOptions;
  readonly #carrier: ClientConnection | null;

  /** @param carrier the client whose connection carries the request that this is */
  constructor(options: ClientOptions, carrier: ClientConnection | null = null) {
    const { stream, peer, local, deadlines, idleMs } = options;
    this.peer = peer;
    this.local = local;
    this.#options = options;
    this.#stream = stream;
    this.#reader = new BufferedReader(stream, options.readers);
    this.#carrier = carrier;
    this.watch = new Watch(deadlines, idleMs, this.#drop);
  }

  /** Connections that are kept for its next requests; closed with the client. */
  get upstreams(): KeptUpstreams {
    return this.#carrier?.upstreams ?? (this.#upstreams ??= new KeptUpstreams());
  }

  /** The requests that it has under way at once (HTTP/2), each as a client of its own. */
  get carried(): Iterable<ClientConnection> {
    return this.#carried ?? [];
  }

  /** Where it is written to. */
  get stream(): ByteStream {
    return this.#stream;
  }

  /** Where it is read from. */
  get reader(): BufferedReader {
    return this.#reader;
  }

  /** Goes on inside TLS, which is spoken on the stream so far. */
  goInside(stream: ByteStream): void {
    // A connection to the same place, made for a request in the clear, would carry what is said inside in the clear.
    this.#upstreams?.close();
    this.#upstreams = null;
    this.#stream = stream;
    this.#reader = new BufferedReader(stream);
    if (this.closed) stream.close();
  }

  /** One of the requests that it has under way at once. */
  carry(stream: ByteStream): ClientConnection {
    const carried = new ClientConnection({ ...this.#options, stream }, this);
    (this.#carried ??= new Set()).add(carried);
    if (this.closed) carried.close();
    return carried;
  }

  /** Where it came in. */
  get entrance(): Entrance {
    return this.#options.entrance;
  }

  /** `ip:port` of the client, for records. */
  get address(): string {
    return this.#address ??= formatSocketAddress(this.peer);
  }

  /**
   * Begins to wait for a person, for at most `ms`. The signal is aborted when the client goes away meanwhile, even
   * behind bytes that it has sent already: some say the first words of a tunnel before it stands.
   */
  hold(ms: number): AbortSignal {
    this.closeAfter(ms);
    this.#held = true;
    const gone = new AbortController();
    this.#left = () => gone.abort(CLOSED);
    if (this.#hasLeft) this.#left();
    else this.#look();
    return gone.signal;
  }

  /** Ends the wait. */
  letGo(): void {
    this.#held = false;
  }

  /** Aborted when the connection is closed, by whomever. Made when it is asked for: it costs more than a small answer. */
  get signal(): AbortSignal {
    this.#closing ??= new AbortController();
    if (this.#isClosed && !this.#closing.signal.aborted) this.#closing.abort(CLOSED);
    return this.#closing.signal;
  }

  /** Tells that nobody heeds the signals any more that were given out. */
  forgetSignal(): void {
    this.#closing = null;
  }

  /** Whether it is over. */
  get closed(): boolean {
    return this.#isClosed;
  }

  /** Drops the client and what is kept for it. Safe to call twice. */
  close(): void {
    if (this.closed) return;
    this.#isClosed = true;
    this.#closing?.abort(CLOSED);
    this.watch.end();
    for (const other of this.#along) other.close();
    for (const carried of this.carried) carried.close();
    this.stream.close();
    this.#upstreams?.close();
    if (this.#carrier !== null) this.#carrier.#carried?.delete(this);
  }

  /** Tells that it is a tunnel from now on. */
  tunnelled(): void {
    this.onTunnel(this);
  }

  /** Notes that it came to a limit. */
  reached(limit: LimitName): void {
    this.#options.reached?.(limit);
  }

  /**
   * Puts the connection under a limit at whose end it is closed, in place of the present one.
   *
   * @param limit which it is; none for waits of our own
   */
  closeAfter(ms: number, limit: LimitName | null = null): void {
    this.#limit = limit;
    this.watch.set(ms, this.#drop);
  }

  /** Closes `other` when this is closed, by whomever. Returns how to stop doing so. */
  closeAlong(other: Closer): () => void {
    if (this.closed) other.close();
    else this.#along = [...this.#along, other];
    return () => {
      this.#along = this.#along.filter((each) => each !== other);
    };
  }

  /** Writes an answer of our own. A client that takes nothing is dropped: it must hold nobody up. */
  async answer(bytes: Uint8Array): Promise<void> {
    this.closeAfter(ANSWER_MS);
    await writeAll(this.stream, bytes);
  }

  /**
   * Reads on while an answer is awaited, so that a client that goes away is noticed. A reset closes this; of
   * an end the last `left` is told, for it may be a half-close. What comes instead is kept for the next
   * request.
   */
  lookAhead(left: () => void): void {
    this.#left = left;
    if (this.#hasLeft) return left();
    if (this.reader.buffered.length === 0) this.#look();
  }

  /** Ends what {@linkcode lookAhead} was asked for: who is told of an end holds on to a whole request. */
  lookNoMore(): void {
    this.#left = nobodyCares;
  }

  #look(): void {
    if (this.#ahead !== null || this.reader.buffered.length >= AHEAD_BYTES_MAX) return;
    this.#ahead = this.reader.fill().then((more) => {
      if (more) {
        // Kept; once it is taken, the end may be looked for again.
        this.#ahead = null;
        if (this.#held) this.#look();
        return true;
      }
      this.#hasLeft = true;
      this.#left();
      return false;
    }, () => {
      this.close();
      return false;
    });
  }

  /** Whether more may come; waits for what {@linkcode lookAhead} began. */
  async mayContinue(): Promise<boolean> {
    if (this.#ahead === null || this.reader.buffered.length > 0) return true;
    const more = await this.#ahead;
    this.#ahead = null;
    return more;
  }

  /**
   * Ends after an answer: says so, and lets the client finish what it is sending. Closing at once would
   * reset the connection and could destroy the answer on its way.
   */
  async linger(): Promise<void> {
    if (this.closed) return;
    this.closeAfter(LINGER_MS);
    try {
      await this.stream.closeWrite();
      if (!(await this.mayContinue())) return this.close();
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
