// HTTP/2 (RFC 9113), spoken by node:http2. Each request becomes one of HTTP/1.1, and each answer of HTTP/1.1 one of
// HTTP/2, so that whatever judges and carries messages needs to know but one form of them.
import type { ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import type { Duplex } from "node:stream";
import { BufferedReader } from "../../net/stream/buffered_reader.ts";
import { byteStream } from "../../net/stream/node_stream.ts";
import { Pipe } from "../../net/stream/pipe.ts";
import type { ByteStream } from "../../net/stream/stream.ts";
import { field, type Fields, valueOf } from "../fields.ts";
import { responseFraming } from "../framing.ts";
import { mayBeTrailer } from "../hop_by_hop.ts";
import { parseResponseHead } from "../parse_head.ts";
import { readResponseHead } from "../read_head.ts";
import { isFinal } from "../status.ts";
import { requestHeadBytes } from "../write_head.ts";
import { messageBytes } from "./chunks.ts";
import { decodeBody } from "./decode_body.ts";
import { EVERY_VALUE, fromHttp2, toHttp2 } from "./fields.ts";
import { withoutGoaway } from "./without_goaway.ts";

/** Ceilings that a client could push against. */
export interface Http2Limits {
  readonly headBytes: number;
  readonly headFields: number;
}

/** Requests that a client may have under way at once: what browsers ask for, and no more (RFC 9113 section 6.5.2). */
const STREAMS_MAX = 100;

/** An answer of ours, or of an origin, may have a little more than what a request may. */
const RESPONSE_HEAD_FACTOR = 2;

/** The runtime sends none above it. RFC 9110 section 15: what a client has to take it for is some 5xx. */
const STATUS_MAX = 599;

/** RFC 9113 section 7. */
const NO_ERROR = 0;
const PROTOCOL_ERROR = 1;
const INTERNAL_ERROR = 2;
/** The bit of the frame flags that says that no body follows (RFC 9113 section 6.2). */
const END_STREAM = 1;

/** What serving a client of HTTP/2 takes. */
export interface Http2Service {
  readonly limits: Http2Limits;
  /**
   * Told of each request, as a client's connection of HTTP/1.1 that carries nothing else. Must not throw.
   *
   * @param over resolves when the stream is closed, by whomever: nothing more is to be done for it then
   */
  readonly request: (stream: ByteStream, over: Promise<void>) => void;
}

/** Serves a client of HTTP/2 on a TLS socket until it has left. Resolves then, whatever happened. */
export async function serveHttp2(native: Duplex, service: Http2Service): Promise<void> {
  const [http2, { Duplex }] = await Promise.all([import("node:http2"), import("node:stream")]);
  const { promise, resolve } = Promise.withResolvers<void>();
  const { limits, request } = service;
  const server = http2.createSecureServer({
    maxHeaderListPairs: limits.headFields,
    ...EVERY_VALUE,
    settings: {
      maxConcurrentStreams: STREAMS_MAX,
      maxHeaderListSize: limits.headBytes,
      enablePush: false,
    },
  });
  const ignore = () => {
    // A fault of the client's; its session is closed.
  };
  server.on("error", ignore);
  server.on("sessionError", ignore);
  server.on("session", (session: ServerHttp2Session) => {
    session.on("error", ignore);
    session.on("close", resolve);
  });
  server.on(
    "stream",
    (stream: ServerHttp2Stream, _fields: unknown, flags: number, raw: unknown) => {
      stream.on("error", ignore);
      const over = new Promise<void>((resolve) => stream.once("close", () => resolve()));
      const bytes = requestStream(stream, raw as readonly string[], flags, limits, over);
      if (bytes !== null) request(bytes, over);
    },
  );
  native.once("close", resolve);
  if (native.destroyed) return;
  // A client that goes away closes the connection once it has what it asked for.
  const frames = withoutGoaway(native, { peer: "client", goaway: () => {} }, Duplex);
  frames.on("error", ignore);
  server.emit("secureConnection", frames);
  await promise;
}

/** One request, as the connection of a client of HTTP/1.1. Null when it was answered here. */
function requestStream(
  stream: ServerHttp2Stream,
  raw: readonly string[],
  flags: number,
  limits: Http2Limits,
  over: Promise<void>,
): ByteStream | null {
  const asked = requestOf(raw, (flags & END_STREAM) !== 0);
  if (asked === null) {
    stream.close(PROTOCOL_ERROR);
    return null;
  }
  const body = asked.hasBody ? wholeBody(stream) : null;
  const incoming = messageBytes({ ...asked, body, trailers: () => [] });
  const answer = new Pipe();
  const left = over.then(() => null);
  const close = () => {
    answer.abort(GONE);
    // RFC 9113 section 8.1: a client that has the whole answer may stop sending, and must not be led to doubt it.
    if (!stream.closed) stream.close(stream.writableFinished ? NO_ERROR : INTERNAL_ERROR);
  };
  left.then(() => answer.abort(GONE));
  passOn(answer, stream, asked.method, limits).catch(close);
  return {
    // What follows the request is the end of the client's interest, as the end of a connection would be.
    read: async (into) => await incoming.read(into) ?? await left,
    write: (bytes) => answer.write(bytes),
    closeWrite: () => {
      answer.end();
      return Promise.resolve();
    },
    close,
  };
}

/** A body that ends only where its client says so: to the runtime a reset without an error is an end, too. */
function wholeBody(stream: ServerHttp2Stream): Pick<ByteStream, "read"> {
  const bytes = byteStream(stream);
  return {
    async read(into: Uint8Array): Promise<number | null> {
      const count = await bytes.read(into);
      if (count === null && stream.aborted) throw GONE;
      return count;
    },
  };
}

/** Made once: taking a stack costs more than all else in a close. */
const GONE = new Deno.errors.ConnectionReset("The stream is closed");

interface Asked {
  readonly method: string;
  readonly head: Uint8Array;
  readonly hasBody: boolean;
  readonly isChunked: boolean;
}

/** The head of a request in the form of HTTP/1.1; null where it cannot have one. */
function requestOf(raw: readonly string[], ends: boolean): Asked | null {
  const pseudo = (name: string): string | undefined => {
    const at = raw.findIndex((text, index) => index % 2 === 0 && text === name);
    return at === -1 ? undefined : raw[at + 1];
  };
  const method = pseudo(":method");
  const path = pseudo(":path");
  // RFC 9113 section 8.3.1: where both are there, they must not differ.
  const named = raw.findIndex((text, index) => index % 2 === 0 && text === "host");
  const host = named === -1 ? undefined : raw[named + 1];
  const authority = pseudo(":authority") ?? host;
  if (method === undefined || path === undefined || authority === undefined) return null;
  if (host !== undefined && host !== authority) return null;
  try {
    const fields = fromHttp2(raw).filter(({ key }) => key !== "expect");
    const length = valueOf(fields, "content-length");
    const isChunked = !ends && length === undefined;
    const all: Fields = [
      field("Host", authority),
      ...fields,
      ...(isChunked ? [field("Transfer-Encoding", "chunked")] : []),
    ];
    return { method, head: requestHeadBytes(method, path, all), hasBody: !ends, isChunked };
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** Turns the answer, which comes as HTTP/1.1, into one of HTTP/2. */
async function passOn(
  answer: Pipe,
  stream: ServerHttp2Stream,
  method: string,
  { headBytes, headFields }: Http2Limits,
): Promise<void> {
  const reader = new BufferedReader(answer);
  const max = headBytes * RESPONSE_HEAD_FACTOR;
  while (true) {
    const bytes = await readResponseHead(reader, max);
    if (bytes === null) throw GONE;
    const head = parseResponseHead(bytes, headFields * RESPONSE_HEAD_FACTOR);
    reader.consume(bytes.length);
    // 100 says what HTTP/2 says with a window; of the others nothing is lost that is not said again.
    if (!isFinal(head.status)) continue;
    const framing = responseFraming(head, method);
    const endStream = framing.kind === "none" ||
      (framing.kind === "length" && framing.length === 0);
    const status = Math.min(head.status, STATUS_MAX);
    stream.respond({ ":status": status, ...toHttp2(head.fields) }, {
      endStream,
      waitForTrailers: !endStream && framing.kind === "chunked",
    });
    if (endStream) return;
    const outgoing = byteStream(stream);
    let trailers: Fields = [];
    stream.once("wantTrailers", () => {
      // None at all are an end, too: closing the stream here would reset it, as if something were missing.
      stream.sendTrailers(toHttp2(trailers.filter(mayBeTrailer)));
    });
    trailers = await decodeBody(
      reader,
      { framing, peer: "upstream", fieldsMax: headFields },
      (data) => outgoing.write(data),
    );
    stream.end();
    return;
  }
}
