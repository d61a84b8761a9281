import type { ByteStream } from "./stream.ts";

/** Bytes from a writer to a reader in the same process. A write is done when all of it has been read. */
export class Pipe implements Pick<ByteStream, "read" | "write"> {
  #waiting: Uint8Array = new Uint8Array(0);
  #state: "open" | "ended" | { readonly broken: unknown } = "open";
  #changed = Promise.withResolvers<void>();

  /** As {@linkcode ByteStream.read}. Rejects with what {@linkcode abort} was given. */
  async read(into: Uint8Array): Promise<number | null> {
    while (this.#waiting.length === 0) {
      if (typeof this.#state === "object") throw this.#state.broken;
      if (this.#state === "ended") return null;
      await this.#changed.promise;
    }
    const taken = this.#waiting.subarray(0, into.length);
    into.set(taken);
    this.#waiting = this.#waiting.subarray(taken.length);
    if (this.#waiting.length === 0) this.#change();
    return taken.length;
  }

  /** As {@linkcode ByteStream.write}; one at a time. */
  async write(bytes: Uint8Array): Promise<number> {
    this.#throwIfClosed();
    this.#waiting = bytes;
    this.#change();
    while (this.#waiting.length > 0) {
      await this.#changed.promise;
      this.#throwIfClosed();
    }
    return bytes.length;
  }

  /** Nothing more will be written. */
  end(): void {
    if (this.#state === "open") this.#state = "ended";
    this.#change();
  }

  /** Ends both sides with an error, and drops what is on the way. Safe to call twice. */
  abort(reason: unknown): void {
    if (typeof this.#state === "object") return;
    this.#state = { broken: reason };
    this.#waiting = new Uint8Array(0);
    this.#change();
  }

  #throwIfClosed(): void {
    if (typeof this.#state === "object") throw this.#state.broken;
    if (this.#state === "ended") throw new TypeError("Cannot write: the pipe has ended");
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
