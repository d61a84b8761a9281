import { transferBody } from "../http/body.ts";
import { field, type Fields, tokensOf } from "../http/fields.ts";
import { responseFraming } from "../http/framing.ts";
import type { ResponseHead } from "../http/head.ts";
import { parseResponseHead } from "../http/parse_head.ts";
import { readResponseHead } from "../http/read_head.ts";
import { INTERIM_MAX, isFinal } from "../http/status.ts";
import { requestHeadBytes } from "../http/write_head.ts";
import { ProtocolError } from "../net/errors.ts";
import { BufferedReader } from "../net/stream/buffered_reader.ts";
import { BufferPool } from "../net/stream/buffer_pool.ts";
import { type ByteStream, writeAll } from "../net/stream/stream.ts";
import { DEFAULT_LIMITS } from "../proxy/limits.ts";

/** A request of ours. A connection carries one. */
export interface Call {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  /** What `Host` says. */
  readonly authority: string;
  /** The value of `Authorization`; null sends none. */
  readonly authorization: string | null;
  /** JSON unless `contentType` says otherwise, or null for no body. */
  readonly body: string | Uint8Array<ArrayBuffer> | null;
  readonly contentType?: string;
  /** What is understood; JSON and events unless it says otherwise. */
  readonly accept?: string;
  /** Further fields. */
  readonly fields?: Fields;
}

/** The answer: its head, and its body still to be read. */
export interface Answer {
  readonly head: ResponseHead;
  /**
   * Hands the body over, piece by piece, as slowly as `take` takes it.
   *
   * @throws {ProtocolError} for a body that is wrong or cut short; else what `take` throws
   */
  readonly body: (take: (piece: Uint8Array) => Promise<void>) => Promise<void>;
}

/**
 * Sends a request and reads the head of the answer.
 *
 * @throws {ProtocolError} of peer `upstream`, for an answer that is not HTTP, too long, or cut short
 */
export async function callOver(stream: ByteStream, call: Call): Promise<Answer> {
  const bytes = typeof call.body === "object" && call.body !== null
    ? call.body
    : new TextEncoder().encode(call.body ?? "");
  try {
    await writeAll(stream, headOf(call, bytes.length));
    if (bytes.length > 0) await writeAll(stream, bytes);
  } catch {
    // Who answers early and hangs up may have said why: that is read. If not, its silence is told.
  }
  const reader = new BufferedReader(stream);
  const head = await finalHead(reader);
  return { head, body: (take) => transfer(reader, head, call.method, take) };
}

function headOf(call: Call, length: number) {
  const { method, path, authority, authorization, body, accept, fields = [] } = call;
  const contentType = call.contentType ?? "application/json";
  return requestHeadBytes(method, path, [
    field("Host", authority),
    field("Accept", accept ?? "application/json, text/event-stream"),
    field("Connection", "close"),
    ...(authorization === null ? [] : [field("Authorization", authorization)]),
    ...(body === null ? [] : [field("Content-Type", contentType)]),
    ...(method === "POST" ? [field("Content-Length", String(length))] : []),
    ...fields,
  ]);
}

async function finalHead(reader: BufferedReader): Promise<ResponseHead> {
  for (let interim = 0; interim <= INTERIM_MAX; interim++) {
    const bytes = await readResponseHead(reader, DEFAULT_LIMITS.headBytes).catch((cause) => {
      throw cause instanceof ProtocolError ? cause : cutShort("the connection broke off", cause);
    });
    if (bytes === null) throw cutShort("the connection was closed without one");
    const head = parseResponseHead(bytes, DEFAULT_LIMITS.headFields);
    reader.consume(bytes.length);
    if (isFinal(head.status)) return head;
  }
  throw cutShort("it only announces one, without end");
}

async function transfer(
  from: BufferedReader,
  head: ResponseHead,
  method: string,
  take: (piece: Uint8Array) => Promise<void>,
): Promise<void> {
  await transferBody({
    from,
    to: {
      write: (bytes) =>
        bytes.length === 0 ? Promise.resolve(0) : take(bytes).then(() => bytes.length),
    },
    peer: "upstream",
    framing: responseFraming(head, method),
    keepChunks: false,
    fieldsMax: DEFAULT_LIMITS.headFields,
    nominated: tokensOf(head.fields, "connection"),
    prefix: new Uint8Array(0),
    pool: new BufferPool(),
    passed: () => {},
  });
}

function cutShort(why: string, cause?: unknown): ProtocolError {
  return new ProtocolError("upstream", "cut_short", `Cannot read the answer: ${why}`, { cause });
}
