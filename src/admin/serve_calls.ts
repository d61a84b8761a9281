import { transferBody } from "../http/body.ts";
import { type Field, field, tokensOf, valueOf } from "../http/fields.ts";
import { type Framing, requestFraming } from "../http/framing.ts";
import type { RequestHead } from "../http/head.ts";
import { parseRequestHead } from "../http/parse_head.ts";
import { readRequestHead } from "../http/read_head.ts";
import { httpTarget } from "../http/target.ts";
import { responseHeadBytes } from "../http/write_head.ts";
import { formatEndpoint } from "../net/address/endpoint.ts";
import { ProtocolError } from "../net/errors.ts";
import { BufferPool } from "../net/stream/buffer_pool.ts";
import { writeAll } from "../net/stream/stream.ts";
import type { ClientConnection } from "../proxy/client_connection.ts";
import { ApiError } from "./api_error.ts";
import { BODY_BYTES_MAX } from "./read_body.ts";
import { errorReply, sealed } from "./reply.ts";

/** What answers a call. Never rejects. */
export type Answering = (request: Request) => Promise<Response>;

/** The page's own heads have a kilobyte. */
const HEAD_BYTES_MAX = 16 * 1024;
const FIELDS_MAX = 64;
/** From the first byte of a head to its last. */
const HEAD_MS = 10_000;
/** A kept connection without a call. */
const IDLE_MS = 60_000;
/** From the head of a call to the end of its answer: a look-up and a file may be part of it. */
const CALL_MS = 60_000;
/** How long a reader of events may take for some of them before it is given up. */
const STALLED_MS = 60_000;
/** How long a reader of events waits where nothing happens: it calls again then. */
const QUIET_MS = 24 * 3_600_000;

/** What this serves. Whatever else is a method, is none here. */
const METHODS: readonly string[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** Serves the calls of one client in turn, until it is done with. */
export async function serveCalls(client: ClientConnection, answer: Answering): Promise<void> {
  try {
    while (true) {
      const head = await nextHead(client);
      if (head === null) break;
      client.closeAfter(CALL_MS);
      if (await serveCall(client, head, answer) === "close") break;
      client.closeAfter(IDLE_MS);
    }
  } catch (error) {
    if (client.closed) return;
    if (!(error instanceof ProtocolError)) throw error;
    await write(client, refusal(error), false);
  }
  await client.linger();
}

async function nextHead(client: ClientConnection): Promise<RequestHead | null> {
  client.idle = true;
  if (!(await client.mayContinue())) return null;
  const bytes = await readRequestHead(client.reader, HEAD_BYTES_MAX, () => {
    client.idle = false;
    client.closeAfter(HEAD_MS);
  });
  if (bytes === null) return null;
  const head = parseRequestHead(bytes, FIELDS_MAX);
  client.reader.consume(bytes.length);
  return head;
}

async function serveCall(
  client: ClientConnection,
  head: RequestHead,
  answer: Answering,
): Promise<"keep" | "close"> {
  const framing = requestFraming(head);
  if (!METHODS.includes(head.method)) {
    const unknown = new ApiError("method_not_allowed", "There is no such method here");
    await write(client, sealed(errorReply(unknown)), false);
    return "close";
  }
  const { endpoint, path } = httpTarget(head);
  const body = await readBody(client, head, framing);
  const url = `http://${formatEndpoint(endpoint)}${path === "*" ? "/" : path}`;
  const request = new Request(url, {
    method: head.method,
    headers: head.fields.map(({ name, value }): [string, string] => [name, value]),
    body: body === null || isBodiless(head.method) ? null : body.bytes,
  });
  const stays = head.minor === 1 && !tokensOf(head.fields, "connection").includes("close") &&
    body?.isWhole !== false;
  const reply = await answer(request);
  if (reply.body !== null && isStream(reply)) {
    await writeStream(client, reply, reply.body);
    return "close";
  }
  await write(client, reply, stays, head.method === "HEAD");
  return stays ? "keep" : "close";
}

function isBodiless(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

/** A body, or as much of it as shows that it is too long. */
interface Body {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly isWhole: boolean;
}

/** What stops the reading of a body that is too long. */
class Enough extends Error {}

async function readBody(
  client: ClientConnection,
  head: RequestHead,
  framing: Framing,
): Promise<Body | null> {
  if (framing.kind === "none") return null;
  if (valueOf(head.fields, "expect")?.toLowerCase() === "100-continue") {
    await writeAll(client.stream, responseHeadBytes(100, "Continue", []));
  }
  const bytes = new Uint8Array(BODY_BYTES_MAX + 1);
  let length = 0;
  const write = (some: Uint8Array): Promise<number> => {
    const taken = some.subarray(0, bytes.length - length);
    bytes.set(taken, length);
    length += taken.length;
    return length < bytes.length ? Promise.resolve(some.length) : Promise.reject(new Enough());
  };
  try {
    await transferBody({
      from: client.reader,
      to: { write },
      peer: "client",
      framing,
      keepChunks: false,
      fieldsMax: FIELDS_MAX,
      nominated: [],
      prefix: NOTHING,
      pool: new BufferPool(),
      // The call as a whole is under one limit: a slow body does not put it off.
      passed: () => {},
    });
    return { bytes: bytes.subarray(0, length), isWhole: true };
  } catch (error) {
    if (error instanceof Enough) return { bytes, isWhole: false };
    throw error;
  }
}

const NOTHING = new Uint8Array(0);

function isStream({ headers }: Response): boolean {
  return headers.get("content-type") === "text/event-stream";
}

async function write(
  client: ClientConnection,
  reply: Response,
  stays: boolean,
  headOnly = false,
): Promise<void> {
  const body = new Uint8Array(await reply.arrayBuffer());
  const fields = fieldsOf(reply);
  // Of an answer to HEAD the length is not known: there is none to send (RFC 9110 section 8.6).
  if (!headOnly) fields.push(field("content-length", String(body.length)));
  if (!stays) fields.push(field("connection", "close"));
  const head = responseHeadBytes(reply.status, STATUS_TEXT[reply.status] ?? "", fields);
  const whole = new Uint8Array(head.length + (headOnly ? 0 : body.length));
  whole.set(head);
  if (!headOnly) whole.set(body, head.length);
  await client.answer(whole);
}

/** Writes what comes, as fast as it is read; ends with the connection (RFC 9112 section 6.3). */
async function writeStream(
  client: ClientConnection,
  reply: Response,
  body: ReadableStream<Uint8Array>,
): Promise<void> {
  const reader = body.getReader();
  const stop = () => {
    reader.cancel().catch(() => {
      // It has ended by itself.
    });
  };
  client.signal.addEventListener("abort", stop, { once: true });
  // A reader of events has nothing more to say: its end is that of the connection.
  client.lookAhead(() => client.close());
  try {
    const fields = [...fieldsOf(reply), field("connection", "close")];
    client.closeAfter(STALLED_MS);
    await writeAll(client.stream, responseHeadBytes(reply.status, "OK", fields));
    while (true) {
      client.closeAfter(QUIET_MS);
      const { value } = await reader.read();
      if (value === undefined) return;
      client.closeAfter(STALLED_MS);
      await writeAll(client.stream, value);
    }
  } finally {
    stop();
  }
}

function fieldsOf({ headers }: Response): Field[] {
  return [...headers].map(([name, value]) => field(name, value));
}

function refusal(error: ProtocolError): Response {
  const told = new ApiError("bad_request", `Cannot read the call: ${error.message}`);
  return sealed(errorReply(told));
}

const STATUS_TEXT: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  429: "Too Many Requests",
  500: "Internal Server Error",
};
