import { ProtocolError } from "../net/errors.ts";
import { latin1 } from "../net/stream/latin1.ts";
import { isValueByte } from "./characters.ts";
import type { Fields } from "./fields.ts";
import { parseFields } from "./parse_head.ts";

const LF = 0x0a;
const CR = 0x0d;
const SEMICOLON = 0x3b;

/** 13 hexadecimal digits stay below 2^53. */
const SIZE_DIGITS_MAX = 13;
/** Per chunk. Extensions mean nothing to anybody we know; a long one is an attack (CVE-2023-39326). */
const EXTENSION_BYTES_MAX = 256;
/** Room for digests, signatures and gRPC status; the memory is per body. */
const TRAILER_BYTES_MAX = 16 * 1024;

type State =
  | "size_start"
  | "size"
  | "extension"
  | "size_lf"
  | "data"
  | "data_cr"
  | "data_lf"
  | "trailer"
  | "done"
  | "broken";

/**
 * Decodes the chunked transfer coding (RFC 9112 section 7.1), a piece at a time, in place.
 *
 * ```
 * 5;name=value\r\n hello \r\n 0\r\n Trailer: field\r\n \r\n
 * └─ size_start, size, extension, size_lf
 *                 └─ data, data_cr, data_lf  └─ trailer ──┘ done
 * ```
 */
export class ChunkedDecoder {
  readonly #peer: "client" | "upstream";
  readonly #fieldsMax: number;
  #state: State = "size_start";
  #size = 0;
  #digits = 0;
  #extension = 0;
  #trailer: number[] = [];
  #trailers: Fields = [];

  constructor(peer: "client" | "upstream", fieldsMax: number) {
    this.#peer = peer;
    this.#fieldsMax = fieldsMax;
  }

  /** Whether the last byte of the body has been seen. */
  get done(): boolean {
    return this.#state === "done";
  }

  /** The trailer fields; empty until `done`. */
  get trailers(): Fields {
    return this.#trailers;
  }

  /**
   * Decodes `bytes`, moving the data in it to the front.
   *
   * @returns how many bytes at the front are data, and how many of `bytes` belong to this body
   * @throws {ProtocolError}
   */
  decode(bytes: Uint8Array): { data: number; used: number } {
    let data = 0;
    let at = 0;
    while (at < bytes.length && this.#state !== "done") {
      if (this.#state === "data") {
        const count = Math.min(this.#size, bytes.length - at);
        bytes.copyWithin(data, at, at + count);
        data += count;
        at += count;
        this.#size -= count;
        if (this.#size === 0) this.#state = "data_cr";
      } else {
        this.#step(bytes[at]!);
        at += 1;
      }
    }
    return { data, used: at };
  }

  #step(byte: number): void {
    switch (this.#state) {
      case "size_start":
      case "size":
        return this.#sizeByte(byte);
      case "extension":
        if (byte === CR) this.#state = "size_lf";
        else if (!isValueByte(byte)) throw this.#bad("an extension holds a control character");
        else if (++this.#extension > EXTENSION_BYTES_MAX) throw this.#bad("a long extension");
        return;
      case "size_lf":
        if (byte !== LF) throw this.#bad("a carriage return stands alone");
        this.#state = this.#size === 0 ? "trailer" : "data";
        return;
      case "data_cr":
        if (byte !== CR) throw this.#bad("a chunk is longer than its size");
        this.#state = "data_lf";
        return;
      case "data_lf":
        if (byte !== LF) throw this.#bad("a chunk is longer than its size");
        this.#state = "size_start";
        this.#digits = 0;
        this.#extension = 0;
        return;
      case "trailer":
        return this.#trailerByte(byte);
      case "broken":
        throw this.#bad("it was broken before");
    }
  }

  #sizeByte(byte: number): void {
    const digit = hexDigit(byte);
    if (digit !== -1) {
      if (++this.#digits > SIZE_DIGITS_MAX) throw this.#bad("a chunk size out of range");
      this.#size = this.#size * 16 + digit;
      this.#state = "size";
      return;
    }
    if (this.#state === "size_start") throw this.#bad("a chunk has no size");
    if (byte === CR) this.#state = "size_lf";
    else if (byte === SEMICOLON) this.#state = "extension";
    else throw this.#bad("a chunk size is not a hexadecimal number");
  }

  #trailerByte(byte: number): void {
    const trailer = this.#trailer;
    if (trailer.push(byte) > TRAILER_BYTES_MAX) throw this.#bad("a long trailer section");
    if (byte !== LF) return;
    const { length } = trailer;
    if (trailer[length - 2] !== CR) throw this.#bad("a line feed stands alone");
    if (length > 2 && trailer[length - 3] !== LF) return;
    const bytes = Uint8Array.from(trailer);
    this.#state = "broken";
    this.#trailers = parseFields(
      { bytes, text: latin1(bytes), lines: [] },
      0,
      this.#fieldsMax,
      this.#peer,
    );
    this.#state = "done";
  }

  /** Nothing is read after a fault: where the next chunk begins is anybody's guess. */
  #bad(why: string): ProtocolError {
    this.#state = "broken";
    return new ProtocolError(this.#peer, "bad_chunk", `Cannot decode the body: ${why}`);
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
