import { requestFraming } from "../../src/http/framing.ts";
import type { RequestHead, ResponseHead } from "../../src/http/head.ts";
import { parseRequestHead, parseResponseHead } from "../../src/http/parse_head.ts";
import { latin1Bytes } from "../../src/net/stream/latin1.ts";
import { type Message, readMessage } from "../../src/proxy/http/message.ts";

/** A head out of its lines, parsed as it would be from the wire. */
export function requestHead(...lines: readonly string[]): RequestHead {
  return parseRequestHead(latin1Bytes(`${lines.join("\r\n")}\r\n\r\n`), 100);
}

/** A response head out of its lines. */
export function responseHead(...lines: readonly string[]): ResponseHead {
  return parseResponseHead(latin1Bytes(`${lines.join("\r\n")}\r\n\r\n`), 100);
}

/** The head of a request to `http://allowed.test/`; with a field that names a unix socket, to that. */
export function headTo(method: string, ...fields: readonly string[]): RequestHead {
  const isToSocket = fields.some((line) => line.toLowerCase().startsWith("x-unix-socket:"));
  const host = isToSocket ? "localhost" : "allowed.test";
  return requestHead(`${method} http://${host}/ HTTP/1.1`, `Host: ${host}`, ...fields);
}

/** The message of a request that {@linkcode headTo} makes, sent to the proxy itself. */
export function messageOf(method: string, ...fields: readonly string[]): Message {
  const head = headTo(method, ...fields);
  return readMessage(head, requestFraming(head), null);
}
