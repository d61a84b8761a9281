import {
  DOCUMENT_BYTES_MAX,
  type GetDocument,
  type Reply,
} from "../config/requirements/fetch_document.ts";
import { field, valueOf } from "../http/fields.ts";
import type { ByteStream } from "../net/stream/stream.ts";
import { bodyOf, callFailed, type CallPorts, callStraight } from "../calls/call_straight.ts";
import { callOver } from "../calls/http_call.ts";

const FAILURE = "Cannot get a document";

/** Gets a document straight from its server, whose certificate is verified. */
export function getDocument(ports: CallPorts): GetDocument {
  return async (url, etag, signal) => {
    signal.throwIfAborted();
    if (url.protocol !== "https:") throw callFailed(FAILURE, "only https is spoken");
    const exchange = (stream: ByteStream) => ask(stream, url, etag);
    return await callStraight({ url, failure: FAILURE, exchange }, ports, signal);
  };
}

async function ask(stream: ByteStream, url: URL, etag: string | null): Promise<Reply> {
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
    bytes: head.status === 200 ? await bodyOf(body, DOCUMENT_BYTES_MAX) : new Uint8Array(0),
  };
}
