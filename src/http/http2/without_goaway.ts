import type { Duplex } from "node:stream";

/** What a client sends before its first frame (RFC 9113 section 3.4). */
const PREFACE_BYTES = 24;
/** Length, type, flags and stream (RFC 9113 section 4.1). */
const HEADER_BYTES = 9;
/** RFC 9113 section 6.8. */
const GOAWAY = 7;
/** The number of the last stream is the first that GOAWAY says. */
const LAST_STREAM_BYTES = 4;
/** The first bit of it is reserved. */
const STREAM_MAX = 0x7fff_ffff;

/** What {@linkcode withoutGoaway} takes. */
export interface WithoutGoaway {
  /** Whose frames they are. A client sends a preface first. */
  readonly peer: "client" | "server";
  /** Told the last stream that the peer has taken, or will; it will not take those behind it. */
  readonly goaway: (lastStream: number) => void;
}

/**
 * The same connection, but for the GOAWAY frames that come in. The runtime's HTTP/2 lets go of a session while it is
 * still reading such a frame for it, and what follows ends the process: any client and any server could do that
 * (Deno 2.9, denoland/deno#36788).
 */
export function withoutGoaway(
  native: Duplex,
  { peer, goaway }: WithoutGoaway,
  NodeDuplex: typeof Duplex,
): Duplex {
  const frames = new Frames(peer === "client" ? PREFACE_BYTES : 0, goaway);
  const made = new NodeDuplex({
    read() {
      native.resume();
    },
    write(bytes: Uint8Array, _encoding, done) {
      native.write(bytes, done);
    },
    final(done) {
      native.end(done);
    },
    destroy(error, done) {
      native.destroy();
      done(error);
    },
  });
  native.on("data", (bytes: Uint8Array) => {
    for (const piece of frames.take(bytes)) {
      if (!made.push(piece)) native.pause();
    }
  });
  native.on("end", () => made.push(null));
  native.on("error", (error) => made.destroy(error));
  native.on("close", () => made.destroy());
  // The runtime asks what was agreed on, and takes the name for that of the server, which has to be one.
  return Object.assign(made, { alpnProtocol: "h2", encrypted: true, servername: "localhost" });
}

/** Where in the frames of a peer we are, however they are cut into pieces. */
class Frames {
  readonly #goaway: (lastStream: number) => void;
  /** A header that has come in part. */
  readonly #header = new Uint8Array(HEADER_BYTES);
  #held = 0;
  /** Bytes of the payload that are still to come. */
  #left: number;
  #isGoaway = false;
  #lastStream = 0;
  #lastStreamBytes = 0;

  constructor(prefaceBytes: number, goaway: (lastStream: number) => void) {
    this.#left = prefaceBytes;
    this.#goaway = goaway;
  }

  /** What of these bytes is to be passed on. */
  take(bytes: Uint8Array): readonly Uint8Array[] {
    const kept: Uint8Array[] = [];
    let from = 0;
    const keepUpTo = (end: number) => {
      if (end > from) kept.push(bytes.subarray(from, end));
    };
    for (let at = 0; at < bytes.length;) {
      if (this.#left > 0) {
        const count = Math.min(this.#left, bytes.length - at);
        if (this.#isGoaway) this.#read(bytes.subarray(at, at + count));
        at += count;
        this.#left -= count;
        if (this.#isGoaway) from = at;
      } else if (this.#held === 0 && bytes.length - at >= HEADER_BYTES) {
        this.#begin(bytes.subarray(at, at + HEADER_BYTES));
        if (this.#isGoaway) keepUpTo(at);
        at += HEADER_BYTES;
        if (this.#isGoaway) from = at;
      } else {
        keepUpTo(at);
        const count = Math.min(HEADER_BYTES - this.#held, bytes.length - at);
        this.#header.set(bytes.subarray(at, at + count), this.#held);
        this.#held += count;
        at += count;
        from = at;
        if (this.#held === HEADER_BYTES) {
          this.#held = 0;
          this.#begin(this.#header);
          if (!this.#isGoaway) kept.push(this.#header.slice());
        }
      }
      if (this.#isGoaway && this.#left === 0 && this.#held === 0) this.#end();
    }
    keepUpTo(bytes.length);
    return kept;
  }

  #begin([high = 0, middle = 0, low = 0, type]: Uint8Array): void {
    this.#left = high << 16 | middle << 8 | low;
    this.#isGoaway = type === GOAWAY;
  }

  #read(payload: Uint8Array): void {
    for (const byte of payload.subarray(0, LAST_STREAM_BYTES - this.#lastStreamBytes)) {
      this.#lastStream = (this.#lastStream << 8 | byte) & STREAM_MAX;
      this.#lastStreamBytes += 1;
    }
  }

  #end(): void {
    this.#goaway(this.#lastStream);
    this.#isGoaway = false;
    this.#lastStream = 0;
    this.#lastStreamBytes = 0;
  }
}
