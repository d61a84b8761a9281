import { heldResponseHead, readResponseHead } from "../../http/read_head.ts";
import { BufferedReader } from "../../net/stream/buffered_reader.ts";
import type { ReaderBuffers } from "../../net/stream/reader_buffers.ts";
import { type Endpoint, sameEndpoint, type SocketAddress } from "../../net/address/endpoint.ts";
import type { ByteStream } from "../../net/stream/stream.ts";
import type { Connected } from "../connect.ts";

/** A connection to an origin, made under a grant, and where it goes. */
export class UpstreamConnection {
  readonly reader: BufferedReader;
  readonly stream: ByteStream;
  /** The address that was granted and dialled; null through an upstream proxy, and for a unix socket. */
  readonly address: SocketAddress | null;
  /** Set when an HTTP proxy is at the other end; see {@linkcode Connected}. */
  readonly plainProxy: Connected["plainProxy"];
  #resting: Promise<boolean> | null = null;
  #spent = false;
  #isAwake = true;

  constructor(
    { stream, reader, address, plainProxy }: Connected,
    /** Null for a unix socket. */
    readonly target: Endpoint | null,
    /** Whether it is one request on a connection that carries many (HTTP/2). */
    readonly isPart = false,
    buffers: ReaderBuffers | null = null,
  ) {
    this.stream = stream;
    this.reader = reader ?? new BufferedReader(stream, buffers);
    this.address = address;
    this.plainProxy = plainProxy;
  }

  /** Whether it may be kept for another request: its address has been judged, and it is no part of another. */
  get isKeepable(): boolean {
    return this.address !== null && !this.isPart;
  }

  /** Whether it goes to that target and can carry another request. */
  serves(target: Endpoint): boolean {
    return !this.#spent && this.target !== null && sameEndpoint(target, this.target);
  }

  /**
   * Keeps it for the next request, and watches it meanwhile: whatever comes before we have asked, the end
   * included, makes it useless.
   */
  rest(): void {
    this.#isAwake = false;
    const ended = (more: boolean): boolean => {
      if (!this.#isAwake) this.close();
      return more;
    };
    this.#resting = this.reader.fill().then(ended, () => ended(false));
  }

  /** Ends the rest: what comes now is the answer. */
  wake(): void {
    this.#isAwake = true;
  }

  /** Reads the head of a response; null when the connection ends before its first byte. */
  async readHead(headBytes: number): Promise<Uint8Array | null> {
    if (this.#resting !== null) {
      const more = await this.#resting;
      this.#resting = null;
      if (!more) return null;
    } else if (this.reader.length === 0 && !(await this.reader.fill())) {
      return null;
    }
    return heldResponseHead(this.reader, headBytes) ??
      await readResponseHead(this.reader, headBytes);
  }

  /** Drops it. Safe to call twice. */
  close(): void {
    this.#spent = true;
    this.stream.close();
  }
}
