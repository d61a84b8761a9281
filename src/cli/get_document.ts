import {
  DOCUMENT_BYTES_MAX,
  type GetDocument,
  type Reply,
} from "../config/requirements/fetch_document.ts";
import { field, valueOf } from "../http/fields.ts";
import { parseHost } from "../net/address/host.ts";
import { ConnectError, ProtocolError } from "../net/errors.ts";
import type { Dialer, Resolver, TlsClient } from "../net/ports.ts";
import type { ByteStream } from "../net/stream/stream.ts";
import { unlessAborted } from "../net/time/unless_aborted.ts";
import { dialHost } from "./dial_host.ts";
import { type Answer, callOver } from "./http_call.ts";

/** What it takes. */
export interface DocumentPorts {
  readonly resolve: Resolver;
  readonly dial: Dialer;
  readonly startTls: TlsClient;
}

/**
 * Gets a document straight from its server, whose certificate is verified: through no proxy, which might be Doorward
 * itself, and from nowhere that an answer leads on to.
 */
export function getDocument(ports: DocumentPorts): GetDocument {
  return async (url, etag, signal) => {
    signal.throwIfAborted();
    const stream = await open(url, ports, signal);
    try {
      return await unlessAborted(exchange(stream, url, etag), signal);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ProtocolError || error instanceof ConnectError) throw error;
      throw failed("the connection broke off", error);
    } finally {
      stream.close();
    }
  };
}

async function open(url: URL, ports: DocumentPorts, signal: AbortSignal): Promise<ByteStream> {
  if (url.protocol !== "https:") throw failed("only https is spoken");
  const host = parseHost(url.hostname);
  if (host.kind === "bad") throw failed(host.why);
  const port = url.port === "" ? 443 : Number(url.port);
  return await ports.startTls(await dialHost(host, port, ports, signal), host, signal);
}

async function exchange(stream: ByteStream, url: URL, etag: string | null): Promise<Reply> {
  const { head, body } = await callOver(stream, {
    method: "GET",
    path: `${url.pathname}${url.search}`,
    authority: url.host,
    authorization: null,
    body: null,
    accept: "application/toml, text/plain, */*",
    fields: etag === null ? [] : [field("If-None-Match", etag)],
  });
  const of = (key: string): string | null => valueOf(head.fields, key) ?? null;
  return {
    status: head.status,
    etag: of("etag"),
    contentType: of("content-type"),
    location: of("location"),
    isDelimited: of("content-length") !== null || of("transfer-encoding") !== null,
    bytes: head.status === 200 ? await bytesOf(body) : new Uint8Array(0),
  };
}

/** Null when there are too many. */
async function bytesOf(body: Answer["body"]): Promise<Uint8Array | null> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const tooLong = new Error("Cannot take more of an answer");
  try {
    await body((piece) => {
      length += piece.length;
      if (length > DOCUMENT_BYTES_MAX) return Promise.reject(tooLong);
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

function failed(detail: string, cause?: unknown): ConnectError {
  return new ConnectError("connection_failed", "Cannot get a document", { detail, cause });
}
