import { transferBody } from "../../http/body.ts";
import { field, tokensOf } from "../../http/fields.ts";
import { type Framing, responseFraming } from "../../http/framing.ts";
import type { ResponseHead } from "../../http/head.ts";
import { parseResponseHead } from "../../http/parse_head.ts";
import { INTERIM_MAX, isFinal } from "../../http/status.ts";
import { responseHeadBytes } from "../../http/write_head.ts";
import { ProtocolError } from "../../net/errors.ts";
import type { BufferedReader } from "../../net/stream/buffered_reader.ts";
import { relay } from "../../net/stream/relay.ts";
import { type ByteStream, writeAll } from "../../net/stream/stream.ts";
import type { Asker } from "../asking/asker.ts";
import type { ClientConnection } from "../client_connection.ts";
import {
  forwardedResponseFields,
  isChangeAskedFor,
  responseLinesToCut,
  viaLine,
} from "./forwarding.ts";
import type { HttpDoor } from "./http_door.ts";
import type { Message } from "./message.ts";
import type { Ending } from "../passage.ts";
import type { RequestSender } from "./request_sender.ts";
import type { UpstreamConnection } from "./upstream_connection.ts";

/** Whether the client's connection can carry another request. */
export type After = "keep" | "close";

/** One request, who sent it, and what serving it takes. */
export interface Exchange {
  readonly client: ClientConnection;
  readonly message: Message;
  readonly door: HttpDoor;
  readonly asker: Asker;
  /** Bytes of the bodies so far. */
  readonly carried: { up: number; down: number };
  /** What became of it, so far: `done` once the answer has been passed on, to its end. */
  outcome: Ending["outcome"];
}

/**
 * Reads responses until the final one, passing interim ones on, and leaves the head of that in the reader. Null when the
 * origin ends in silence.
 */
export async function readFinal(
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
    if (isFinal(response.status)) return response;
    upstream.reader.consume(bytes.length);
    if (interim === INTERIM_MAX) fail("the server sends interim responses without end");
    // RFC 9110 section 15.2: a server MUST NOT send a 1xx response to an HTTP/1.0 client.
    if (head.minor === 1) {
      const fields = forwardedResponseFields(response, { kind: "none" }, via);
      await writeAll(client.stream, responseHeadBytes(response.status, response.reason, fields));
    }
  }
}

/** Passes the final response on. What fails once its head is out can only end the connection. */
export async function respond(
  it: Exchange,
  upstream: UpstreamConnection,
  response: ResponseHead,
  sender: RequestSender,
): Promise<After> {
  const { client, message, door } = it;
  const framing = responseFraming(response, message.head.method);
  const after = message.staying && framing.kind !== "close" && sender.done && door.open()
    ? "keep"
    : "close";
  // HTTP/1.0 knows no chunks: to such a client the body ends with the connection.
  const keepChunks = message.head.minor === 1;
  const sent: Framing = framing.kind === "chunked" && !keepChunks ? { kind: "close" } : framing;
  client.closeAfter(door.limits.bodyIdleMs, "bodyIdleMs");
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
      prefix: headToPass(response, sent, upstream.reader, { after, via: door.via }),
      pool: door.pool,
      passed: (bytes) => {
        client.watch.touch();
        it.carried.down += bytes;
      },
    });
    it.outcome = "done";
  } catch (error) {
    if (to !== null && !to.begun && error instanceof ProtocolError) throw error;
    // Whatever else fails after a close is what closing it does.
    const isBroken = error instanceof ProtocolError && error.peer === "upstream";
    if (isBroken && !client.closed) it.outcome = "failed";
    // The head is out: an early end of the connection is the only way left to say that the rest is missing.
    client.close();
    return "close";
  }
  if (mayLeave(it, sender)) {
    client.close();
    client.reader.release();
  }
  return after;
}

/**
 * Whether a client can be left at once. It has said that this request is its last, and all of it is here: no byte can
 * come that would reset the connection under the answer (RFC 9112 section 9.6). TLS has more to say than bytes.
 */
function mayLeave(
  { client, message, door: { scope } }: Exchange,
  { done }: RequestSender,
): boolean {
  return !message.staying && !message.hasBody && done && scope === null &&
    client.reader.length === 0;
}

/**
 * The head as it goes to the client. Where none of its lines has to be written anew it stays where it is, without those
 * that end here and with our own, and its length is given.
 */
function headToPass(
  response: ResponseHead,
  framing: Framing,
  reader: BufferedReader,
  { after, via }: { readonly after: After; readonly via: string | null },
): Uint8Array<ArrayBuffer> | number {
  const { text, lines } = response.sent;
  const cut = responseLinesToCut(response, framing);
  if (cut !== null) {
    const added = `${viaLine(1, via)}${after === "close" ? "Connection: close\r\n" : ""}`;
    // Behind the last field, where the empty line begins.
    if (reader.insert(lines[lines.length - 1]!, added)) {
      let length = text.length + added.length;
      // From the last to the first: what is cut moves all that stands in front.
      for (let at = cut.length - 1; at >= 0; at--) {
        const from = lines[cut[at]!]!;
        const to = lines[cut[at]! + 1]!;
        reader.cut(from, to);
        length -= to - from;
      }
      return length;
    }
  }
  reader.consume(text.length);
  const fields = forwardedResponseFields(response, framing, via);
  if (after === "close") fields.push(field("Connection", "close"));
  return responseHeadBytes(response.status, response.reason, fields);
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
export async function upgrade(
  it: Exchange,
  upstream: UpstreamConnection,
  response: ResponseHead,
): Promise<After> {
  const { client, message, door } = it;
  upstream.reader.consume(response.sent.text.length);
  if (!isChangeAskedFor(response, message.upgradesTo)) {
    fail("the server changed the protocol unasked");
  }
  const fields = forwardedResponseFields(response, { kind: "none" }, door.via);
  client.closeAfter(door.limits.tunnelIdleMs, "tunnelIdleMs");
  if (client.serving !== null) client.serving = { ...client.serving, kind: "tunnel" };
  client.tunnelled();
  await writeAll(client.stream, responseHeadBytes(101, response.reason, fields));
  const isDone = await relay(
    { source: client.reader, stream: client.stream },
    { source: upstream.reader, stream: upstream.stream },
    door.pool,
    client.traffic,
  );
  if (isDone) it.outcome = "done";
  client.close();
  return "close";
}

/** Ends an exchange whose server has broken off, or does what nobody asked for. */
export function fail(why: string): never {
  throw new ProtocolError("upstream", "cut_short", `Cannot return a response: ${why}`);
}
