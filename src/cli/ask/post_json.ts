import { basicAuthorization } from "../../http/connect_client.ts";
import { parseHost } from "../../net/address/host.ts";
import { ConnectError, ProtocolError } from "../../net/errors.ts";
import type { Dialer, Resolver, TlsClient } from "../../net/ports.ts";
import type { ByteStream } from "../../net/stream/stream.ts";
import { dialHost } from "../dial_host.ts";
import { type Answer, callOver } from "../http_call.ts";
import { unlessAborted } from "../../net/time/unless_aborted.ts";

/** What a server answered. */
export interface Reply {
  readonly status: number;
  readonly text: string;
}

/**
 * Sends JSON to an http or https URL. Rejects with a `ConnectError`, a `ProtocolError`, or the signal's reason.
 * No message holds any part of the URL but its host and port.
 */
export type Post = (url: URL, json: string, signal: AbortSignal) => Promise<Reply>;

/** What it takes. */
export interface PostPorts {
  readonly resolve: Resolver;
  readonly dial: Dialer;
  readonly startTls: TlsClient;
}

/** An answer is a line of JSON. */
const REPLY_BYTES_MAX = 8 * 1024;

/**
 * Posts straight to the server: through no proxy, which might be Doorward itself, and to nowhere that an answer
 * leads on to. It is not `fetch`, which goes by the proxy of the environment whatever it is told.
 */
export function postJson(ports: PostPorts): Post {
  return async (url, json, signal) => {
    signal.throwIfAborted();
    const stream = await open(url, ports, signal);
    try {
      return await unlessAborted(exchange(stream, url, json), signal);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ProtocolError || error instanceof ConnectError) throw error;
      throw failed("the connection broke off", error);
    } finally {
      stream.close();
    }
  };
}

async function open(url: URL, ports: PostPorts, signal: AbortSignal): Promise<ByteStream> {
  const host = parseHost(url.hostname);
  if (host.kind === "bad") throw failed(host.why);
  const isTls = url.protocol === "https:";
  const port = url.port === "" ? (isTls ? 443 : 80) : Number(url.port);
  const stream = await dialHost(host, port, ports, signal);
  return isTls ? await ports.startTls(stream, host, signal) : stream;
}

async function exchange(stream: ByteStream, url: URL, json: string): Promise<Reply> {
  const { head, body } = await callOver(stream, {
    method: "POST",
    path: `${url.pathname}${url.search}`,
    authority: url.host,
    authorization: authorizationOf(url),
    body: json,
  });
  return { status: head.status, text: await textOf(body) };
}

function authorizationOf({ username, password }: URL): string | null {
  if (username === "" && password === "") return null;
  return basicAuthorization(decoded(username), decoded(password));
}

/** Percent-encoding undone; as it stands where it is none. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // The only error there is: escapes that are none, or are not UTF-8.
  }
}

async function textOf(body: Answer["body"]): Promise<string> {
  const bytes = new Uint8Array(REPLY_BYTES_MAX);
  let length = 0;
  await body((piece) => {
    if (length + piece.length > REPLY_BYTES_MAX) {
      return Promise.reject(failed(`its answer is longer than ${REPLY_BYTES_MAX} bytes`));
    }
    bytes.set(piece, length);
    length += piece.length;
    return Promise.resolve();
  });
  return new TextDecoder().decode(bytes.subarray(0, length));
}

function failed(detail: string, cause?: unknown): ConnectError {
  return new ConnectError("connection_failed", "Cannot post", { detail, cause });
}
