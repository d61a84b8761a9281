import { attemptId } from "../../http/attempt_id.ts";
import { transferBody } from "../../http/body.ts";
import { field, tokensOf } from "../../http/fields.ts";
import { type Framing, responseFraming } from "../../http/framing.ts";
import type { RequestHead, ResponseHead } from "../../http/head.ts";
import { parseResponseHead } from "../../http/parse_head.ts";
import { responseHeadBytes } from "../../http/write_head.ts";
import { ConnectError, ProtocolError } from "../../net/errors.ts";
import { relay } from "../../net/stream/relay.ts";
import { type ByteStream, writeAll } from "../../net/stream/stream.ts";
import type { Ask, Deny } from "../../policy/decision.ts";
import type { ClientConnection } from "../client_connection.ts";
import { forwardedResponseFields, opensWebSocket } from "./forwarding.ts";
import type { HttpDoor } from "./http_door.ts";
import { connectingMs } from "../limits.ts";
import { endsAfterReply, isRepeatable, type Message, readMessage } from "./message.ts";
import { refusalOf } from "../refusal.ts";
import { failureReply, refusalReply, type ReplyOptions } from "../reply.ts";
import { RequestSender } from "./request_sender.ts";
import { turnBack } from "./turn_back.ts";
import { UpstreamConnection } from "./upstream_connection.ts";

/** Interim responses (1xx) to one request. Two are common; an endless row of them is no answer. */
const INTERIM_MAX = 16;

/** Whether the client's connection can carry another request. */
export type After = "keep" | "close";

/** One request, who sent it, and what serving it takes. */
interface Exchange {
  readonly client: ClientConnection;
  readonly message: Message;
  readonly door: HttpDoor;
}

/** Forwards one plain HTTP request and its response, or answers why not. */
export async function exchange(
  client: ClientConnection,
  head: RequestHead,
  framing: Framing,
  door: HttpDoor,
): Promise<After> {
  const message = readMessage(head, framing);
  const it: Exchange = { client, message, door };
  const turnedBack = turnBack(message, door.via);
  if (turnedBack !== null) return await answer(it, turnedBack);
  try {
    const kept = takeKept(it);
    const after = kept === null ? null : await carry(it, kept);
    if (after !== null) return after;
    // A kept connection that died silently is replaced once; a new one is not.
    const opened = await open(it);
    if (!(opened instanceof UpstreamConnection)) return await refuse(it, opened);
    return await carry(it, opened) ?? fail("the server closed the connection without an answer");
  } catch (error) {
    const isFailure = error instanceof ConnectError ||
      (error instanceof ProtocolError && error.peer === "upstream");
    if (!isFailure || client.closed) throw error;
    return await answer(it, failureReply(error, message.request, "json", replyOptions(message)));
  }
}

/**
 * The connection kept for this client, if it serves the target and policy still lets it; else null. A refusal is
 * not the last word: the name may lead elsewhere by now.
 */
function takeKept({ client, message: { request }, door }: Exchange): UpstreamConnection | null {
  const kept = client.upstream;
  if (kept === null) return null;
  const isAllowed = kept.serves(request.target) &&
    door.gateway.authorizeReuse(request, kept.address).verdict === "allow";
  client.upstream = null;
  if (isAllowed) kept.wake();
  else kept.close();
  return isAllowed ? kept : null;
}

/** A new connection to the origin, or policy's refusal. */
async function open(
  { client, message, door }: Exchange,
): Promise<UpstreamConnection | Ask | Deny> {
  client.closeAfter(connectingMs(door.limits));
  const outcome = await door.gateway.authorize(message.request, client.signal);
  if (outcome.verdict !== "allow") return outcome;
  const { stream, address } = await door.gateway.connect(outcome, client.signal);
  return new UpstreamConnection(stream, address, message.request.target);
}

/** Sends the request and returns the response. Null when it may be tried on another connection. */
async function carry(it: Exchange, upstream: UpstreamConnection): Promise<After | null> {
  const { client, message, door } = it;
  const release = client.closeAlong(upstream);
  let keepUpstream = false;
  try {
    const sender = new RequestSender(client, message, door, upstream);
    const response = await readFinal(it, upstream, sender);
    if (response === null) {
      return isRepeatable(message) ? null : fail("the server closed the connection");
    }
    sender.answered();
    if (response.status === 101) {
      if (!sender.done) fail("the server changed the protocol amid the request");
      return await upgrade(it, upstream, response);
    }
    const after = await respond(it, upstream, response, sender);
    keepUpstream = after === "keep" && staysOpen(response) &&
      upstream.reader.buffered.length === 0;
    return after;
  } finally {
    release();
    if (keepUpstream) {
      client.upstream = upstream;
      upstream.rest();
    } else {
      upstream.close();
    }
  }
}

/** Reads responses until the final one, passing interim ones on. Null when the origin ends in silence. */
async function readFinal(
  { client, message: { head }, door: { limits, via } }: Exchange,
  upstream: UpstreamConnection,
  sender: RequestSender,
): Promise<ResponseHead | null> {
  for (let interim = 0;; interim++) {
    const bytes = await upstream.readHead(limits.headBytes).catch((error) => {
      if (error instanceof ProtocolError) throw error;
      return null; // A reset says no more than an end.
    });
    if (sender.fault !== null) throw sender.fault;
    if (sender.timedOut) {
      throw new ProtocolError("upstream", "too_slow", "the server did not answer in time");
    }
    if (bytes === null) return interim === 0 ? null : fail("the server closed the connection");
    const response = parseResponseHead(bytes, limits.headFields);
    upstream.reader.consume(bytes.length);
    if (response.status >= 200 || response.status === 101) return response;
    if (interim === INTERIM_MAX) fail("the server sends interim responses without end");
    // RFC 9110 section 15.2: a server MUST NOT send a 1xx response to an HTTP/1.0 client.
    if (head.minor === 1) {
      const fields = forwardedResponseFields(response, { kind: "none" }, via);
      await writeAll(client.stream, responseHeadBytes(response.status, response.reason, fields));
    }
  }
}

/** Passes the final response on. What fails once its head is out can only end the connection. */
async function respond(
  { client, message, door }: Exchange,
  upstream: UpstreamConnection,
  response: ResponseHead,
  sender: RequestSender,
): Promise<After> {
  const framing = responseFraming(response, message.head.method);
  const after = message.staying && framing.kind !== "close" && sender.done && door.open()
    ? "keep"
    : "close";
  // HTTP/1.0 knows no chunks: to such a client the body ends with the connection.
  const keepChunks = message.head.minor === 1;
  const sent: Framing = framing.kind === "chunked" && !keepChunks ? { kind: "close" } : framing;
  const fields = forwardedResponseFields(response, sent, door.via);
  if (after === "close") fields.push(field("Connection", "close"));
  client.closeAfter(door.limits.bodyIdleMs);
  // Only the first chunk can turn out to be wrong before anything was sent.
  const to = framing.kind === "chunked" ? new NotingStream(client.stream) : null;
  try {
    await transferBody({
      from: upstream.reader,
      to: to ?? client.stream,
      peer: "upstream",
      framing,
      keepChunks,
      fieldsMax: door.limits.headFields,
      nominated: framing.kind === "chunked" ? tokensOf(response.fields, "connection") : [],
      prefix: responseHeadBytes(response.status, response.reason, fields),
      pool: door.pool,
      touch: () => client.watch.touch(),
    });
  } catch (error) {
    if (to !== null && !to.begun && error instanceof ProtocolError) throw error;
    // The head is out: an early end of the connection is the only way left to say that the rest is missing.
    client.close();
    return "close";
  }
  return after;
}

/** A stream with a note of whether anything was written to it. */
class NotingStream {
  begun = false;
  readonly #stream: ByteStream;

  constructor(stream: ByteStream) {
    this.#stream = stream;
  }

  write(bytes: Uint8Array): Promise<number> {
    this.begun = true;
    return this.#stream.write(bytes);
  }
}

/** Passes a 101 on and then bytes both ways (RFC 9110 section 7.8). */
async function upgrade(
  { client, message, door }: Exchange,
  upstream: UpstreamConnection,
  response: ResponseHead,
): Promise<After> {
  if (!message.asksForWebSocket || !opensWebSocket(response)) {
    fail("the server changed the protocol unasked");
  }
  const fields = forwardedResponseFields(response, { kind: "none" }, door.via);
  client.closeAfter(door.limits.tunnelIdleMs);
  await writeAll(client.stream, responseHeadBytes(101, response.reason, fields));
  await relay(
    { source: client.reader, stream: client.stream },
    { source: upstream.reader, stream: upstream.stream },
    door.pool,
    () => client.watch.touch(),
  );
  client.close();
  return "close";
}

/** Records the block and answers it. */
async function refuse(it: Exchange, decision: Ask | Deny): Promise<After> {
  const { client, message, door } = it;
  const { request, head } = message;
  const attempt = attemptId(head.fields);
  door.blocked({ request, decision, client: client.address, method: head.method, attempt });
  const refusal = refusalOf(request, decision);
  return await answer(it, refusalReply(refusal, "json", replyOptions(message)));
}

async function answer({ client, message }: Exchange, bytes: Uint8Array): Promise<After> {
  await client.answer(bytes);
  return endsAfterReply(message) ? "close" : "keep";
}

function replyOptions(message: Message): ReplyOptions {
  return { close: endsAfterReply(message), headOnly: message.head.method === "HEAD" };
}

/** Whether the origin keeps its side open for another request (RFC 9112 section 9.3). */
function staysOpen(response: ResponseHead): boolean {
  return response.minor === 1 && !tokensOf(response.fields, "connection").includes("close");
}

function fail(why: string): never {
  throw new ProtocolError("upstream", "cut_short", `Cannot return a response: ${why}`);
}
