import { type ClientHttp2Session, connect } from "node:http2";
import type { SecureStream } from "../../src/net/ports.ts";
import { inTime } from "./in_time.ts";

/** Header fields by their names; pseudo-fields begin with a colon. */
export type Http2Fields = Readonly<Record<string, string | readonly string[]>>;

/** What became of a request. */
export interface Http2Answer {
  /** Null where there was none. */
  readonly status: number | null;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly body: string;
  readonly trailers: Readonly<Record<string, unknown>>;
  /** Whether the whole of it came: the end was said, and by nothing but its end. */
  readonly isWhole: boolean;
  /** The code that the stream was closed with. */
  readonly code: number;
}

/** Speaks HTTP/2 as a client, the runtime's, on a stream that has agreed to it. */
export function http2Session({ native }: Pick<SecureStream, "native">): ClientHttp2Session {
  const session = connect("https://allowed.test", { createConnection: () => native });
  session.on("error", () => {
    // Each request tells of it.
  });
  return session;
}

/** Sends one request, with a body if there is one, and takes all of what comes back. */
export async function askHttp2(
  session: ClientHttp2Session,
  fields: Http2Fields = {},
  body: string | Uint8Array | null = null,
): Promise<Http2Answer> {
  const stream = session.request({ ":path": "/", ...fields }, { endStream: body === null });
  const pieces: Uint8Array[] = [];
  let head: Record<string, unknown> = {};
  let trailers: Record<string, unknown> = {};
  let hasEnded = false;
  const closed = Promise.withResolvers<void>();
  stream.on("error", () => {
    // Its code tells.
  });
  stream.on("response", (fields: Record<string, unknown>) => head = plain(fields));
  stream.on("trailers", (fields: Record<string, unknown>) => trailers = plain(fields));
  stream.on("data", (piece: Uint8Array) => pieces.push(piece));
  stream.on("end", () => hasEnded = true);
  stream.on("close", closed.resolve);
  if (body !== null) stream.end(body);
  await inTime(closed.promise, "the stream to be closed");
  const code = stream.rstCode ?? 0;
  return {
    status: head[":status"] === undefined ? null : Number(head[":status"]),
    fields: head,
    body: await new Blob(pieces as Uint8Array<ArrayBuffer>[]).text(),
    trailers,
    isWhole: hasEnded && code === 0,
    code,
  };
}

/** Without what the runtime adds under a symbol. */
function plain(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields));
}
