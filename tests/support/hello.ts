import { latin1, latin1Bytes } from "../../src/net/stream/latin1.ts";

/** An extension: its type and what is in it. */
export type Extension = readonly [type: number, body: Uint8Array];

/** What is in a ClientHello, where it is not like everybody's. */
export interface HelloOptions {
  /** The names of the server name extension, as they are sent. Without any there is no such extension. */
  readonly names?: readonly string[];
  /** Whether there is an Encrypted Client Hello, as browsers send it to everybody. */
  readonly ech?: boolean;
  /** More of them, behind those above; null leaves out all, and their length too. */
  readonly extensions?: readonly Extension[] | null;
  readonly sessionId?: Uint8Array;
  readonly ciphers?: readonly number[];
  /** How long the message shall be with its header, by an extension of zeros (RFC 7685). */
  readonly padTo?: number;
}

/** The extensions that tests name. */
export const EXTENSION = {
  serverName: 0,
  alpn: 16,
  padding: 21,
  supportedVersions: 43,
  ech: 0xfe0d,
  esni: 0xffce,
} as const;

const RECORD_BYTES_MAX = 2 ** 14;

/** The first bytes of a TLS client: a ClientHello in as few records as it fits into. */
export function clientHello(options: HelloOptions = {}): Uint8Array<ArrayBuffer> {
  return inRecords(helloMessage(options));
}

/** The ClientHello alone, as a handshake message. */
export function helloMessage(options: HelloOptions = {}): Uint8Array<ArrayBuffer> {
  const { names = [], ech = false, extensions = [], padTo } = options;
  const start = helloStart(options);
  if (extensions === null) return handshake(1, start);
  const all = [
    ...(names.length === 0 ? [] : [serverName(...names)]),
    ...(ech ? [[EXTENSION.ech, greaseEch()] as const] : []),
    [EXTENSION.supportedVersions, bytes(4, 3, 4, 3, 3)] as const,
    ...extensions,
  ];
  const short = handshake(1, bytes(start, extensionBlock(all)));
  if (padTo === undefined) return short;
  const zeros = new Uint8Array(padTo - short.length - 4);
  return handshake(1, bytes(start, extensionBlock([...all, [EXTENSION.padding, zeros]])));
}

/** All of a ClientHello before its extensions. */
export function helloStart(options: HelloOptions = {}): Uint8Array<ArrayBuffer> {
  const { sessionId = new Uint8Array(32).fill(0x5e), ciphers = [0x1301, 0xc02f] } = options;
  const random = new Uint8Array(32).fill(0xa5);
  const suites = bytes(...ciphers.map((cipher) => uint(2, cipher)));
  return bytes(3, 3, random, vector(1, sessionId), vector(2, suites), vector(1, bytes(0)));
}

/** Extensions behind their length, as a ClientHello ends. */
export function extensionBlock(extensions: readonly Extension[]): Uint8Array<ArrayBuffer> {
  return vector(
    2,
    bytes(...extensions.map(([type, body]) => bytes(uint(2, type), vector(2, body)))),
  );
}

/** The extension that says which server is meant (RFC 6066 section 3). */
export function serverName(...names: readonly string[]): Extension {
  const entries = names.map((name) => bytes(0, vector(2, latin1Bytes(name))));
  return [EXTENSION.serverName, vector(2, bytes(...entries))];
}

/** A handshake message of a type; 1 is a ClientHello. */
export function handshake(type: number, body: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes(type, vector(3, body));
}

/** A message cut into records of these sizes; the last size is that of all that follow. */
export function inRecords(
  message: Uint8Array,
  sizes: readonly number[] = [RECORD_BYTES_MAX],
): Uint8Array<ArrayBuffer> {
  const records: Uint8Array[] = [];
  for (let at = 0; at < message.length;) {
    const end = at + sizes[Math.min(records.length, sizes.length - 1)]!;
    records.push(record(22, message.subarray(at, end)));
    at = end;
  }
  return bytes(...records);
}

/** One record of a type; 22 holds handshakes. Clients write version 3.1 on the first, for old servers. */
export function record(type: number, body: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes(type, 3, 1, vector(2, body));
}

/** Bytes behind their length, which has `size` bytes. */
export function vector(size: number, body: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes(uint(size, body.length), body);
}

/** Bytes, alone and in runs, one behind the other. */
export function bytes(...parts: readonly (number | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const runs = parts.map((part) => typeof part === "number" ? Uint8Array.of(part) : part);
  const whole = new Uint8Array(runs.reduce((length, run) => length + run.length, 0));
  let at = 0;
  for (const run of runs) {
    whole.set(run, at);
    at += run.length;
  }
  return whole;
}

function uint(size: number, value: number): Uint8Array {
  if (value >= 256 ** size) throw new Error(`Cannot write ${value}: it has over ${size} bytes`);
  return Uint8Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** (size - 1 - i)));
}

/** An outer Encrypted Client Hello with nothing in it that anybody could open (RFC 9849 section 6.2). */
function greaseEch(): Uint8Array {
  const suite = [0, 1, 0, 1];
  const payload = new Uint8Array(144).fill(0xec);
  return bytes(0, ...suite, 7, vector(2, new Uint8Array(32).fill(0x11)), vector(2, payload));
}

/** All that is in the records, one behind the other: a name may be cut by the head of one. */
export function recordsContent(first: Uint8Array): string {
  let text = "";
  for (let at = 0; at + 5 <= first.length;) {
    const end = at + 5 + (first[at + 3]! << 8 | first[at + 4]!);
    text += latin1(first.subarray(at + 5, end));
    at = end;
  }
  return text;
}
