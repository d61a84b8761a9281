// A client of HTTP/2 that says whatever a test wants it to, frame by frame. Written from RFC 9113 and 7541.
import { latin1Bytes } from "../../src/net/stream/latin1.ts";
import { bytes, vector } from "./hello.ts";
import type { Wire } from "./wire.ts";

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/** The types of frames (RFC 9113 section 6). */
export const FRAME = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  continuation: 9,
} as const;

const END_STREAM = 1;
const END_HEADERS = 4;
const ACK = 1;

/** Names and values, in the order in which they go out. */
export type Pairs = readonly (readonly [name: string, value: string])[];

/** What became of a request. */
export interface RawAnswer {
  /** Null where there was none. */
  readonly status: number | null;
  readonly body: string;
  /** The code with which it was given up, or the whole connection. */
  readonly reset: number | null;
}

/** What follows the head of a request. */
export interface RawBody {
  readonly data?: readonly string[];
  readonly trailers?: Pairs;
  /** Whether there is more to come. */
  readonly open?: boolean;
}

/** A connection. */
export class RawHttp2 {
  readonly wire: Wire;
  #next = 1;

  private constructor(wire: Wire) {
    this.wire = wire;
  }

  /** Begins to speak it. */
  static async begin(wire: Wire): Promise<RawHttp2> {
    await wire.send(bytes(latin1Bytes(PREFACE), frame(FRAME.settings, 0, 0, new Uint8Array())));
    return new RawHttp2(wire);
  }

  /** Sends a request. Resolves to the number of its stream. */
  async send(fields: Pairs, { data = [], trailers, open = false }: RawBody = {}): Promise<number> {
    const id = this.#next;
    this.#next += 2;
    const isAlone = data.length === 0 && trailers === undefined && !open;
    const frames = [
      frame(FRAME.headers, END_HEADERS | (isAlone ? END_STREAM : 0), id, headerBlock(fields)),
      ...data.map((text, index) => {
        const isLast = index === data.length - 1 && trailers === undefined && !open;
        return frame(FRAME.data, isLast ? END_STREAM : 0, id, latin1Bytes(text));
      }),
      ...(trailers === undefined
        ? []
        : [frame(FRAME.headers, END_HEADERS | END_STREAM, id, headerBlock(trailers))]),
    ];
    await this.wire.send(bytes(...frames));
    return id;
  }

  /** Sends a request and takes its answer; only the first on a connection tells its status. */
  async ask(fields: Pairs, body: RawBody = {}): Promise<RawAnswer> {
    const id = await this.send(fields, body);
    return await this.answerOf(id);
  }

  /** Takes frames up to the end of a stream. */
  async answerOf(id: number): Promise<RawAnswer> {
    let status: number | null = null;
    let body = "";
    while (true) {
      const taken = await this.#take();
      if (taken === null) return { status, body, reset: -1 };
      const { type, flags, stream, payload } = taken;
      if (type === FRAME.goAway && errorCode(payload, 4) !== 0) {
        return { status, body, reset: errorCode(payload, 4) };
      }
      if (stream !== id) continue;
      if (type === FRAME.reset) return { status, body, reset: errorCode(payload, 0) };
      if (type === FRAME.headers) status ??= statusIn(payload);
      if (type === FRAME.data) body += payload;
      const ends = type === FRAME.headers || type === FRAME.data;
      if (ends && (flags & END_STREAM) !== 0) return { status, body, reset: null };
    }
  }

  /** One frame; null at the end of the connection. */
  async #take(): Promise<Taken | null> {
    const head = await this.wire.readExactly(9).catch(() => null);
    if (head === null) return null;
    const length = number(head, 0, 3);
    const taken = {
      type: head.charCodeAt(3),
      flags: head.charCodeAt(4),
      stream: number(head, 5, 4) & 0x7fffffff,
      payload: length === 0 ? "" : await this.wire.readExactly(length),
    };
    if (taken.type === FRAME.settings && (taken.flags & ACK) === 0) {
      await this.wire.send(frame(FRAME.settings, ACK, 0, new Uint8Array()));
    }
    return taken;
  }
}

interface Taken {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  /** A character a byte. */
  readonly payload: string;
}

/** The pseudo-fields of a GET, and what a test changes of them; null leaves one out. */
export function pseudo(
  changes: Readonly<Record<string, string | null>> = {},
  host = "allowed.test",
): [string, string][] {
  const all = { method: "GET", scheme: "https", authority: host, path: "/", ...changes };
  return Object.entries(all)
    .filter((pair): pair is [string, string] => pair[1] !== null)
    .map(([name, value]) => [`:${name}`, value]);
}

/** A frame (RFC 9113 section 4.1). */
export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(9);
  const view = new DataView(head.buffer);
  view.setUint32(0, payload.length << 8);
  head[3] = type;
  head[4] = flags;
  view.setUint32(5, stream);
  return bytes(head, payload);
}

/** Fields as they stand, with nothing indexed or compressed (RFC 7541 section 6.2.2). */
export function headerBlock(fields: Pairs): Uint8Array<ArrayBuffer> {
  return bytes(...fields.flatMap(([name, value]) => [0, literal(name), literal(value)]));
}

function literal(text: string): Uint8Array {
  const data = latin1Bytes(text);
  if (data.length < 127) return vector(1, data);
  // RFC 7541 section 5.1: the rest of the length follows, seven bits a byte.
  const length = [127];
  let rest = data.length - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) length.push((rest % 128) + 128);
  return bytes(...length, rest, data);
}

/** Those that have an index of their own (RFC 7541 appendix A), from 8 on. */
const INDEXED = [200, 204, 206, 304, 400, 404, 500];

/** The status, which comes first, on a connection whose table is empty still. */
function statusIn(block: string): number {
  const first = block.charCodeAt(0);
  if ((first & 0x80) !== 0) return INDEXED[(first & 0x7f) - 8] ?? NaN;
  const length = block.charCodeAt(1);
  const text = block.slice(2, 2 + (length & 0x7f));
  return Number((length & 0x80) === 0 ? text : digits(text));
}

/** Undoes Huffman coding, for digits alone: 0 to 2 take five bits, 3 to 9 six (RFC 7541 appendix B). */
function digits(text: string): string {
  let bits = [...text].map((char) => char.charCodeAt(0).toString(2).padStart(8, "0")).join("");
  let found = "";
  while (bits.length >= 5 && !/^1+$/.test(bits)) {
    const short = parseInt(bits.slice(0, 5), 2);
    const isShort = short <= 2;
    found += isShort ? short : parseInt(bits.slice(0, 6), 2) - 0x19 + 3;
    bits = bits.slice(isShort ? 5 : 6);
  }
  return found;
}

function errorCode(payload: string, at: number): number {
  return number(payload, at, 4);
}

function number(text: string, at: number, size: number): number {
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + text.charCodeAt(at + i);
  return value;
}
