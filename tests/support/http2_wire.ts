import { latin1Bytes } from "../../src/net/stream/latin1.ts";
import type { ByteStream } from "../../src/net/stream/stream.ts";
import { bytes } from "./hello.ts";
import { FRAME, frame, headerBlock, type Pairs, pseudo } from "./raw_http2.ts";
import { Wire } from "./wire.ts";

/** Their flags. */
export const FLAG = { endStream: 1, ack: 1, endHeaders: 4 } as const;

/** Codes of errors (RFC 9113 section 7). */
export const ERROR = {
  none: 0,
  protocol: 1,
  internal: 2,
  flowControl: 3,
  streamClosed: 5,
  refusedStream: 7,
  cancel: 8,
  enhanceYourCalm: 11,
} as const;

const WINDOW_UPDATE = 8;
const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/** A frame as it came. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  /** A byte a character. */
  readonly payload: string;
}

/**
 * Either end of a connection of HTTP/2, frame by frame: what {@linkcode RawHttp2} is for requests and answers. It sends whatever a
 * test tells it, valid or not.
 */
export class Http2Wire implements AsyncDisposable {
  readonly wire: Wire;

  constructor(stream: ByteStream, options: { readonly paused?: boolean } = {}) {
    this.wire = new Wire(stream, options);
  }

  /** Says hello as a client, with settings if there are any. */
  async begin(...settings: readonly (readonly [number, number])[]): Promise<void> {
    const pairs = settings.map(([id, value]) => bytes(uint16(id), uint32(value)));
    await this.wire.send(bytes(latin1Bytes(PREFACE), frame(FRAME.settings, 0, 0, bytes(...pairs))));
  }

  /** Sends frames in one write. */
  async send(...frames: readonly Uint8Array[]): Promise<void> {
    await this.wire.send(bytes(...frames));
  }

  /** Takes the next frame. */
  async frame(): Promise<Frame> {
    const head = await this.wire.readExactly(9);
    const at = (index: number) => head.charCodeAt(index);
    const length = (at(0) << 16) | (at(1) << 8) | at(2);
    const stream = ((at(5) & 0x7f) << 24) | (at(6) << 16) | (at(7) << 8) | at(8);
    return { type: at(3), flags: at(4), stream, payload: await this.wire.readExactly(length) };
  }

  /** Takes frames up to the first of that type, on that stream if one is named. */
  async until(type: number, stream?: number): Promise<Frame> {
    while (true) {
      const frame = await this.frame();
      if (frame.type === type && (stream ?? frame.stream) === frame.stream) return frame;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.wire[Symbol.asyncDispose]();
  }
}

/** A HEADERS frame with all of a header list. */
export function headers(
  stream: number,
  pairs: Pairs,
  flags: number = FLAG.endStream | FLAG.endHeaders,
): Uint8Array<ArrayBuffer> {
  return frame(FRAME.headers, flags, stream, headerBlock(pairs));
}

/** A GET to allowed.test, with fields of a test's own behind the pseudo-fields. */
export function get(path = "/", more: Pairs = []): Pairs {
  return [...pseudo({ path }), ...more];
}

/** The same with POST. */
export function post(path = "/", more: Pairs = []): Pairs {
  return [...pseudo({ method: "POST", path }), ...more];
}

/** A RST_STREAM. */
export function reset(stream: number, code: number): Uint8Array<ArrayBuffer> {
  return frame(FRAME.reset, 0, stream, uint32(code));
}

/** Room for that many bytes more, on a stream or, with 0, on all of them together. */
export function windowUpdate(stream: number, count: number): Uint8Array<ArrayBuffer> {
  return frame(WINDOW_UPDATE, 0, stream, uint32(count));
}

/** DATA out of text, a byte a character. */
export function data(stream: number, text: string, flags = 0): Uint8Array<ArrayBuffer> {
  return frame(FRAME.data, flags, stream, latin1Bytes(text));
}

/** The number in a payload, at a byte: the code of an error. */
export function numberAt(payload: string, at: number): number {
  return [0, 1, 2, 3].reduce((sum, index) => sum * 256 + payload.charCodeAt(at + index), 0);
}

function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value & 0xff);
}

function uint32(value: number): Uint8Array {
  return bytes(uint16(value >>> 16), uint16(value & 0xffff));
}
