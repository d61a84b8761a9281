// A client of the admin API of a proxy that runs. It has no power of its own: the token that it may hold
// is what the proxy judges.
import { valueOf } from "../../http/fields.ts";
import { formatSocketAddress, type SocketAddress } from "../../net/address/endpoint.ts";
import { ProtocolError } from "../../net/errors.ts";
import type { Dialer } from "../../net/ports.ts";
import type { ByteStream } from "../../net/stream/stream.ts";
import type { Deadlines } from "../../net/time/deadlines.ts";
import { within } from "../../net/time/within.ts";
import { inWords, late, unreachable } from "./admin_error.ts";
import { type Answer, type Call, callOver } from "../../calls/http_call.ts";
import { needsToken, parseJson, readReply, refusal } from "./read_reply.ts";
import type { Json } from "./reply_fields.ts";
import { EventParser } from "./sse.ts";

/** A head, or the rest of an answer: on one machine this takes milliseconds, unless something is wrong. */
const ANSWER_MS = 10_000;

/** Nothing ends a request early but its time limit. */
const NEVER = new AbortController().signal;

/** Somebody who watches what happens in a proxy. */
export interface Watcher {
  /** Called when nothing that happens from now on will be missed. */
  readonly opened: () => Promise<void>;
  /** Called for each event, one at a time. */
  readonly each: (type: string, data: Json) => Promise<void>;
}

/** What can be asked of a proxy. All of it rejects with an {@linkcode AdminError}. */
export interface AdminClient {
  /** Where it is, for people. */
  readonly url: string;
  readonly get: (path: string) => Promise<Json>;
  readonly send: (method: "POST" | "DELETE", path: string, body?: Json) => Promise<Json>;
  /** Watches until `signal` is aborted, or the proxy ends: both resolve. */
  readonly events: (path: string, signal: AbortSignal, watcher: Watcher) => Promise<void>;
}

/** What a client is made of. */
export interface AdminClientOptions {
  readonly address: SocketAddress;
  /** Reads the token when the proxy asks for one. Null when there is none. */
  readonly token: () => Promise<string | null>;
  readonly dial: Dialer;
  readonly deadlines: Deadlines;
}

/** Makes a client. Nothing is connected to before something is asked. */
export function adminClient(options: AdminClientOptions): AdminClient {
  const url = `http://${formatSocketAddress(options.address)}`;
  const send = (method: Call["method"], path: string, body?: Json): Promise<Json> => {
    const text = body === undefined ? null : JSON.stringify(body);
    return authorized(
      options,
      (authorization) => once({ ...options, url }, { method, path, authorization, body: text }),
    );
  };
  return {
    url,
    get: (path) => send("GET", path),
    send,
    events: (path, signal, watcher) =>
      authorized(options, (authorization) => {
        return watch(
          { ...options, url },
          { method: "GET", path, authorization, body: null },
          signal,
          watcher,
        );
      }),
  };
}

type Place = AdminClientOptions & Pick<AdminClient, "url">;
type Asked = Omit<Call, "authority">;

/**
 * Asks without the token first: it goes only to a Doorward that wants it, and never to another server that
 * happens to listen there.
 */
async function authorized<T>(
  { token }: AdminClientOptions,
  ask: (authorization: string | null) => Promise<T>,
): Promise<T> {
  try {
    return await ask(null);
  } catch (error) {
    if (!needsToken(error)) throw error;
    const known = await token();
    if (known === null) throw error;
    return await ask(`Bearer ${known}`);
  }
}

/** One request and its answer. */
async function once(place: Place, asked: Asked): Promise<Json> {
  const { stream, answer } = await open(place, asked, NEVER);
  return await finish(place, stream, () => inTime(place, stream, () => readReply(answer)));
}

async function watch(
  place: Place,
  asked: Asked,
  signal: AbortSignal,
  { opened, each }: Watcher,
): Promise<void> {
  const { stream, answer } = await open(place, asked, signal);
  await finish(place, stream, async () => {
    if (answer.head.status !== 200) throw await inTime(place, stream, () => refusal(answer));
    await opened();
    const parser = new EventParser();
    const take = async (piece: Uint8Array): Promise<void> => {
      for (const { type, data } of parser.push(piece)) await each(type, parseJson(data));
    };
    await closing(stream, signal, () => answer.body(take)).catch((error) => {
      const isEnd = signal.aborted ||
        (error instanceof ProtocolError && error.code === "cut_short");
      if (!isEnd) throw error;
    });
  });
}

/** Connects, asks, and sees that it is a Doorward that answers. */
async function open(
  place: Place,
  asked: Asked,
  parent: AbortSignal,
): Promise<{ readonly stream: ByteStream; readonly answer: Answer }> {
  const { address, deadlines, dial, url } = place;
  const call = { ...asked, authority: formatSocketAddress(address) };
  const step = async (signal: AbortSignal) => {
    const stream = await dial(address, signal);
    const answer = await closing(stream, signal, () => callOver(stream, call))
      .catch((error) => {
        stream.close();
        throw error;
      });
    return { stream, answer };
  };
  const opened = await within(deadlines, ANSWER_MS, parent, step, () => late(url))
    .catch((error) => {
      parent.throwIfAborted();
      throw inWords(error, url);
    });
  if (/^doorward(?![a-z])/i.test(valueOf(opened.answer.head.fields, "server") ?? "")) return opened;
  opened.stream.close();
  throw unreachable([`What listens on ${url} is not Doorward: name another place with --admin`]);
}

/** Runs a step on a stream that an aborted signal closes, which is what ends the step. */
async function closing<T>(
  stream: ByteStream,
  signal: AbortSignal,
  step: () => Promise<T>,
): Promise<T> {
  const close = () => stream.close();
  signal.addEventListener("abort", close, { once: true });
  if (signal.aborted) close();
  try {
    return await step();
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", close);
  }
}

async function inTime<T>(
  { deadlines, url }: Place,
  stream: ByteStream,
  step: () => Promise<T>,
): Promise<T> {
  const run = (signal: AbortSignal) => closing(stream, signal, step);
  return await within(deadlines, ANSWER_MS, NEVER, run, () => late(url));
}

async function finish<T>(place: Place, stream: ByteStream, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw inWords(error, place.url);
  } finally {
    stream.close();
  }
}
