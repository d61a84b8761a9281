import type { ClientHttp2Stream, OutgoingHttpHeaders } from "node:http2";
import type { Duplex } from "node:stream";
import { BufferedReader } from "../../net/stream/buffered_reader.ts";
import { byteStream } from "../../net/stream/node_stream.ts";
import { Pipe } from "../../net/stream/pipe.ts";
import type { ByteStream } from "../../net/stream/stream.ts";
import { field, type Fields, valueOf } from "../fields.ts";
import { requestFraming } from "../framing.ts";
import { mayBeTrailer } from "../hop_by_hop.ts";
import { parseRequestHead } from "../parse_head.ts";
import { readRequestHead } from "../read_head.ts";
import { responseHeadBytes } from "../write_head.ts";
import { messageBytes } from "./chunks.ts";
import { decodeBody } from "./decode_body.ts";
import { EVERY_VALUE, fromHttp2, toHttp2 } from "./fields.ts";
import { withoutGoaway } from "./without_goaway.ts";

/** Requests that are under way on one connection at once; servers commonly allow a hundred. */
const STREAMS_MAX = 100;

/** A request of ours is what a client's was, with a few fields more. */
const HEAD_BYTES_MAX = 1024 * 1024;
const HEAD_FIELDS_MAX = 10_000;

/** RFC 9113 section 7. */
const REFUSED_STREAM = 7;
const CANCEL = 8;
/** RFC 9113 section 6.2. */
const END_STREAM = 1;

/** A connection of HTTP/2 (RFC 9113) to a server. Each request on it is spoken to as if it had a connection of HTTP/1.1. */
export interface Http2Client {
  /** Whether it takes another request. */
  readonly isOpen: boolean;
  /** A connection for one request. */
  request(): ByteStream;
  /** Takes no other request, and is dropped when those under way are done. */
  finish(): void;
  /** Drops it, and all that is under way. Safe to call twice. */
  close(): void;
}

/** Speaks HTTP/2 on a TLS socket whose server has agreed to. */
export async function http2Client(native: Duplex): Promise<Http2Client> {
  const [http2, { Duplex }] = await Promise.all([import("node:http2"), import("node:stream")]);
  const begun = new Set<ClientHttp2Stream>();
  const goaway = (lastStream: number) => {
    isFinishing = true;
    isLeft = true;
    for (const stream of begun) {
      // RFC 9113 section 6.8: the server has not looked at it, and never will.
      if (stream.id === undefined || stream.id > lastStream) stream.close(REFUSED_STREAM);
    }
    dropIfDone();
  };
  const frames = withoutGoaway(native, { peer: "server", goaway }, Duplex);
  // The name is in each request; this one is never looked up, for the socket is there already.
  const session = http2.connect("https://localhost", {
    createConnection: () => frames,
    settings: { enablePush: false },
    ...EVERY_VALUE,
  });
  let underWay = 0;
  let isFinishing = false;
  /** Whether the server takes nothing new. */
  let isLeft = false;
  const dropIfDone = () => {
    // A connection that were only ended would wait for a server that says nothing any more.
    if (isFinishing && underWay === 0) session.destroy();
  };
  session.on("error", () => {
    // Each request learns of it from its own stream.
  });
  // A runtime that reads such frames itself tells of them here.
  session.on("goaway", (_code: number, lastStream: number) => goaway(lastStream));
  const begin: Begin = (fields, endStream) => {
    if (isLeft) throw GONE;
    const stream = session.request(fields, { endStream });
    begun.add(stream);
    stream.once("close", () => begun.delete(stream));
    return stream;
  };
  return {
    get isOpen(): boolean {
      return !isFinishing && !session.closed && !session.destroyed && underWay < STREAMS_MAX;
    },
    request(): ByteStream {
      underWay += 1;
      return requestStream(begin, () => {
        underWay -= 1;
        dropIfDone();
      });
    },
    finish: () => {
      isFinishing = true;
      dropIfDone();
    },
    close: () => session.destroy(),
  };
}

/** Sends the head of a request. */
type Begin = (fields: OutgoingHttpHeaders, endStream: boolean) => ClientHttp2Stream;

/** One request and its response, as the connection of a server of HTTP/1.1. */
function requestStream(begin: Begin, over: () => void): ByteStream {
  const outgoing = new Pipe();
  const answer = Promise.withResolvers<Pick<ByteStream, "read">>();
  answer.promise.catch(() => {
    // Told to whoever reads.
  });
  let stream: ClientHttp2Stream | null = null;
  let closed = false;
  const sending = send(begin, outgoing, (begun, method) => {
    stream = begun;
    answer.resolve(responseOf(begun, method));
  });
  sending.catch((error) => {
    answer.reject(error);
    outgoing.abort(error);
    stream?.close(CANCEL);
  });
  return {
    read: async (into) => await (await answer.promise).read(into),
    write: (bytes) => outgoing.write(bytes),
    closeWrite: () => {
      outgoing.end();
      return Promise.resolve();
    },
    close: () => {
      if (closed) return;
      closed = true;
      over();
      outgoing.abort(GONE);
      answer.reject(GONE);
      if (stream !== null && !stream.closed) stream.close(CANCEL);
    },
  };
}

const GONE = new Deno.errors.ConnectionReset("The stream is closed");

/** Turns the request, which comes as HTTP/1.1, into one of HTTP/2. */
async function send(
  begin: Begin,
  outgoing: Pipe,
  begun: (stream: ClientHttp2Stream, method: string) => void,
): Promise<void> {
  const reader = new BufferedReader(outgoing);
  const bytes = await readRequestHead(reader, HEAD_BYTES_MAX, () => {});
  if (bytes === null) throw GONE;
  const head = parseRequestHead(bytes, HEAD_FIELDS_MAX);
  reader.consume(bytes.length);
  const framing = requestFraming(head);
  const endStream = framing.kind === "none" || (framing.kind === "length" && framing.length === 0);
  const stream = begin({
    ":method": head.method,
    ":scheme": "https",
    ":authority": valueOf(head.fields, "host")!,
    ":path": head.target,
    // What may be said behind a body is understood here (gRPC asks for it).
    te: "trailers",
    ...toHttp2(head.fields),
  }, endStream);
  stream.on("error", () => {
    // Told to whoever reads.
  });
  begun(stream, head.method);
  if (endStream) return;
  const to = byteStream(stream);
  const options = { framing, peer: "client", fieldsMax: HEAD_FIELDS_MAX } as const;
  await decodeBody(reader, options, (data) => to.write(data));
  stream.end();
}

/** The response as bytes of HTTP/1.1, from its head on. */
function responseOf(stream: ClientHttp2Stream, method: string): Pick<ByteStream, "read"> {
  let trailers: Fields = [];
  const body = wholeBody(stream);
  stream.on("trailers", (_fields: unknown, _flags: unknown, raw?: unknown) => {
    if (Array.isArray(raw)) trailers = safely(raw).filter(mayBeTrailer);
  });
  const head = new Promise<Pick<ByteStream, "read">>((resolve, reject) => {
    stream.once("response", (pseudo: unknown, flags: number, raw: unknown) => {
      try {
        const status = Number((pseudo as Record<string, unknown>)[":status"]);
        const ends = (flags & END_STREAM) !== 0;
        const fields = fromHttp2(raw as string[]);
        const hasLength = valueOf(fields, "content-length") !== undefined;
        const isChunked = !ends && !hasLength;
        // An answer without a body says so, but for those that never have one.
        const isEmpty = ends && !hasLength && method !== "HEAD" && status !== 204 && status !== 304;
        if (isChunked) fields.push(field("Transfer-Encoding", "chunked"));
        else if (isEmpty) fields.push(field("Content-Length", "0"));
        resolve(messageBytes({
          head: responseHeadBytes(status, "", fields),
          body: ends ? null : body,
          isChunked,
          trailers: () => trailers,
        }));
      } catch (error) {
        reject(error);
      }
    });
    stream.once("close", () => reject(GONE));
  });
  head.catch(() => {
    // Told to whoever reads.
  });
  return { read: async (into) => await (await head).read(into) };
}

/**
 * A body that ends only where its server says so. To the runtime a reset without an error is an end like any other, which
 * it is behind a whole answer only (RFC 9113 section 8.1); but the stream is closed before it then.
 */
function wholeBody(stream: ClientHttp2Stream): Pick<ByteStream, "read"> {
  let isWhole = false;
  const push = stream.push;
  stream.push = (piece: unknown, encoding?: BufferEncoding): boolean => {
    if (piece === null && !stream.closed) isWhole = true;
    return push.call(stream, piece, encoding);
  };
  const bytes = byteStream(stream);
  return {
    async read(into: Uint8Array): Promise<number | null> {
      const count = await bytes.read(into);
      if (count === null && !isWhole) throw GONE;
      return count;
    },
  };
}

/** Trailers that cannot be taken are none: what they say comes behind all that was judged. */
function safely(raw: readonly string[]): Fields {
  try {
    return fromHttp2(raw);
  } catch {
    return [];
  }
}
