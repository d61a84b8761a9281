import { parseHost } from "../net/address/host.ts";
import { ConnectError, ProtocolError } from "../net/errors.ts";
import type { Dialer, Resolver, TlsClient } from "../net/ports.ts";
import type { ByteStream } from "../net/stream/stream.ts";
import { unlessAborted } from "../net/time/unless_aborted.ts";
import { dialHost } from "./dial_host.ts";
import type { Answer } from "./http_call.ts";

/** What a call of our own takes. */
export interface CallPorts {
  readonly resolve: Resolver;
  readonly dial: Dialer;
  readonly startTls: TlsClient;
}

/** A call, as whoever makes it calls it. */
export interface StraightCall<T> {
  readonly url: URL;
  /** What cannot be done, for messages: "Cannot post". No message holds more of the URL than its host and port. */
  readonly failure: string;
  /** Speaks on the connection, which is closed behind it. */
  readonly exchange: (stream: ByteStream) => Promise<T>;
}

/**
 * Calls the server of an http or https URL: through no proxy, which might be Doorward itself, and to nowhere that an
 * answer leads on to. It is not `fetch`, which goes by the proxy of the environment whatever it is told. Rejects with a
 * `ConnectError`, a `ProtocolError`, or the signal's reason.
 */
export async function callStraight<T>(
  call: StraightCall<T>,
  ports: CallPorts,
  signal: AbortSignal,
): Promise<T> {
  signal.throwIfAborted();
  const stream = await open(call, ports, signal);
  try {
    return await unlessAborted(call.exchange(stream), signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ProtocolError || error instanceof ConnectError) throw error;
    throw callFailed(call.failure, "the connection broke off", error);
  } finally {
    stream.close();
  }
}

async function open(
  { url, failure }: StraightCall<unknown>,
  ports: CallPorts,
  signal: AbortSignal,
): Promise<ByteStream> {
  const host = parseHost(url.hostname);
  if (host.kind === "bad") throw callFailed(failure, host.why);
  const isTls = url.protocol === "https:";
  const port = url.port === "" ? (isTls ? 443 : 80) : Number(url.port);
  const stream = await dialHost(host, port, ports, signal);
  return isTls ? await ports.startTls(stream, host, signal) : stream;
}

/** A call that cannot be made, or went wrong. */
export function callFailed(failure: string, detail: string, cause?: unknown): ConnectError {
  return new ConnectError("connection_failed", failure, { detail, cause });
}

/** All of a body; null when there is more of it than `bytesMax`. */
export async function bodyOf(
  body: Answer["body"],
  bytesMax: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const tooLong = new Error("Cannot take more of an answer");
  try {
    await body((piece) => {
      length += piece.length;
      if (length > bytesMax) return Promise.reject(tooLong);
      // The buffer is the reader's, who fills it again.
      pieces.push(piece.slice());
      return Promise.resolve();
    });
  } catch (error) {
    if (error === tooLong) return null;
    throw error;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
