import type { Duplex } from "node:stream";
import { type ByteStream, writeAll } from "./stream.ts";

/** What a waiting stream holds: a first flight of a handshake fits, and so do most requests. */
const SMALL_BYTES = 4 * 1024;
/** What is read at once while reads are full: a few TLS records (RFC 8446 section 5.1). */
const BULK_BYTES = 64 * 1024;

/** How a stream of ours is read for Node. */
export interface NodeStreamOptions {
  /** Whether the other side may be read on after ours has ended. */
  readonly allowHalfOpen: boolean;
  /** Resolves when more may be read: the runtime's sockets never say that they are full. */
  readonly room: () => Promise<void>;
}

/** A stream of ours as one of Node's, made of its class, which is loaded only when it is needed. */
export function nodeStream(
  stream: ByteStream,
  { allowHalfOpen, room }: NodeStreamOptions,
  NodeDuplex: typeof Duplex,
): Duplex {
  let space = SMALL_BYTES;
  const readSome = async (): Promise<Uint8Array | null> => {
    await room();
    // Node keeps what it is given: each read has bytes of its own.
    const bytes = new Uint8Array(space);
    const count = await stream.read(bytes);
    if (count === space) space = BULK_BYTES;
    else if (count === null || count < SMALL_BYTES) space = SMALL_BYTES;
    return count === null ? null : bytes.subarray(0, count);
  };
  const made = new NodeDuplex({
    allowHalfOpen,
    read() {
      readSome().then((bytes) => made.push(bytes), (error) => made.destroy(error));
    },
    write(bytes: Uint8Array, _encoding, done) {
      writeAll(stream, bytes).then(() => done(), done);
    },
    final(done) {
      stream.closeWrite().then(() => done(), done);
    },
    destroy(error, done) {
      stream.close();
      done(error);
    },
  });
  return made;
}

/** Made once: taking a stack costs more than all else in a close. */
const CLOSED = new Deno.errors.BadResource("Cannot go on: the stream is closed");

/**
 * A stream of Node's as one of ours. Nothing is read from it before the first read here.
 *
 * @param tookSome told whenever something was read
 */
export function byteStream(native: Duplex, tookSome: () => void = () => {}): ByteStream {
  let rest = new Uint8Array();
  let hasBegun = false;
  let hasEnded = false;
  let failure: Error | null = null;
  let giveUpWrite: (error: Error) => void = () => {};
  let news = Promise.withResolvers<void>();
  const stir = () => {
    news.resolve();
    news = Promise.withResolvers<void>();
  };
  native.on("end", () => {
    hasEnded = true;
    stir();
  });
  native.on("error", (error) => {
    failure ??= error;
    stir();
  });
  native.on("close", () => {
    failure ??= CLOSED;
    // What was under way is not told of by every stream.
    giveUpWrite(failure);
    stir();
  });
  return {
    async read(into: Uint8Array): Promise<number | null> {
      if (!hasBegun) native.on("readable", stir);
      hasBegun = true;
      while (rest.length === 0) {
        const chunk: Uint8Array<ArrayBuffer> | null = native.read();
        if (chunk !== null) {
          rest = chunk;
          tookSome();
        } else if (hasEnded) return null;
        else if (failure !== null) throw failure;
        else await news.promise;
      }
      const taken = rest.subarray(0, into.length);
      into.set(taken);
      rest = rest.subarray(taken.length);
      return taken.length;
    },
    async write(bytes: Uint8Array): Promise<number> {
      // Its own words for that tell nobody that it is a peer who has left.
      if (native.destroyed) throw failure ?? CLOSED;
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      giveUpWrite = reject;
      native.write(bytes, (error) => error ? reject(error) : resolve(bytes.length));
      return await promise;
    },
    async closeWrite(): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>();
      // One that is gone calls nobody back.
      if (native.closed) return;
      native.once("close", () => resolve());
      native.end(() => resolve());
      await promise;
    },
    close(): void {
      // What it runs on is destroyed with it.
      native.destroy();
    },
  };
}
