import { MESSAGE_BYTES } from "./job.ts";

/** Where datagrams go, and what stands before the data of each, both ways. */
export interface Path {
  readonly to: Deno.NetAddr;
  readonly header: Uint8Array;
}

/** The datagrams of one association that are under way. Each carries a number, so that its wait is known. */
export class Flight {
  readonly #socket: Deno.DatagramConn;
  readonly #path: Path;
  readonly #number: DataView;
  readonly #datagram: Uint8Array<ArrayBuffer>;
  readonly #into = new Uint8Array(2 * MESSAGE_BYTES);
  /** When each left, by its number. */
  readonly #left = new Map<number, number>();
  #count = 0;
  #quiet = false;

  constructor(socket: Deno.DatagramConn, path: Path) {
    this.#socket = socket;
    this.#path = path;
    const { header } = path;
    this.#datagram = new Uint8Array(header.length + MESSAGE_BYTES).fill(0x2e);
    this.#datagram.set(header);
    this.#number = new DataView(this.#datagram.buffer, header.length);
  }

  /** Sends so many more. */
  async fill(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      this.#count = (this.#count + 1) >>> 0;
      this.#number.setUint32(0, this.#count);
      this.#left.set(this.#count, performance.now());
      // A copy: the watch may fill while another send is under way.
      await this.#socket.send(this.#datagram.slice(), this.#path.to);
    }
  }

  /** When the next one that comes back had left; null of one that was given up. */
  async next(): Promise<number | null> {
    const [{ byteOffset, length }] = await this.#socket.receive(this.#into);
    if (length !== this.#datagram.length) {
      throw new Error(`Cannot go on: a datagram came back with ${length} bytes`);
    }
    this.#quiet = false;
    const number = new DataView(this.#into.buffer, byteOffset + this.#path.header.length).getUint32(
      0,
    );
    const left = this.#left.get(number) ?? null;
    this.#left.delete(number);
    return left;
  }

  /** Whether nothing has come since this was last asked. */
  isQuiet(): boolean {
    const quiet = this.#quiet;
    this.#quiet = true;
    return quiet;
  }

  /** Gives up those that are under way; returns how many. */
  drop(): number {
    const count = this.#left.size;
    this.#left.clear();
    return count;
  }
}
