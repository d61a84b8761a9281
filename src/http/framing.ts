import { ProtocolError } from "../net/errors.ts";
import { type Fields, valuesOf } from "./fields.ts";
import type { RequestHead, ResponseHead } from "./head.ts";

/** How long a body is (RFC 9112 section 6.3). */
export type Framing =
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly length: number }
  | { readonly kind: "chunked" }
  /** A response without a length: it ends with the connection. */
  | { readonly kind: "close" };

const NONE: Framing = { kind: "none" };
const CHUNKED: Framing = { kind: "chunked" };
const CLOSE: Framing = { kind: "close" };

/** Sixteen digits are not all told apart as a number; nobody sends a petabyte either. */
const LENGTH_DIGITS_MAX = 15;

/**
 * How long the body of a request is.
 *
 * @throws {ProtocolError} wherever two readers could disagree (RFC 9112 section 11.2)
 */
export function requestFraming(head: Omit<RequestHead, "sent">): Framing {
  const framing = announced(head.fields, head.minor, "client") ?? NONE;
  // RFC 9110 section 9.3.6: content in a CONNECT request has no meaning; section 9.3.8: a client MUST NOT
  // send content in a TRACE request. Stricter: refused.
  if (head.method !== "CONNECT" && head.method !== "TRACE") return framing;
  const isEmpty = framing.kind === "none" || (framing.kind === "length" && framing.length === 0);
  if (!isEmpty) throw bad("client", `${head.method} takes no body`);
  return NONE;
}

/**
 * How long the body of a response to `method` is.
 *
 * @throws {ProtocolError} as {@linkcode requestFraming}
 */
export function responseFraming(head: Omit<ResponseHead, "sent">, method: string): Framing {
  const { status } = head;
  // RFC 9112 section 6.3, rule 1: these have no body whatever their fields say.
  if (method === "HEAD" || status < 200 || status === 204 || status === 304) return NONE;
  // Rule 2: after a 2xx to CONNECT comes the tunnel.
  if (method === "CONNECT" && status < 300) return NONE;
  return announced(head.fields, head.minor, "upstream") ?? CLOSE;
}

/** What the fields say; null when they say nothing. */
function announced(fields: Fields, minor: 0 | 1, peer: "client" | "upstream"): Framing | null {
  const codings = valuesOf(fields, "transfer-encoding");
  const lengths = valuesOf(fields, "content-length");
  if (codings.length > 0) {
    // RFC 9112 section 6.1: a Transfer-Encoding in HTTP/1.0 is faulty framing.
    if (minor === 0) throw bad(peer, "HTTP/1.0 has no Transfer-Encoding");
    // RFC 9112 section 6.3, rule 3: both is an attempt at smuggling. Stricter: never let pass.
    if (lengths.length > 0) throw bad(peer, "both Transfer-Encoding and Content-Length");
    // RFC 9112 section 6.1: chunked must be last, and once. Stricter: it must be the only coding.
    if (codings.length > 1 || codings[0]!.toLowerCase() !== "chunked") {
      throw bad(peer, "a Transfer-Encoding other than chunked");
    }
    return CHUNKED;
  }
  if (lengths.length === 0) return null;
  // RFC 9112 section 6.3, rule 5. Stricter: equal ones are refused too.
  if (lengths.length > 1) throw bad(peer, "more than one Content-Length");
  const text = lengths[0]!;
  if (!isDigits(text)) throw bad(peer, "a Content-Length that is not a number");
  if (text.length > LENGTH_DIGITS_MAX) throw bad(peer, "a Content-Length out of range");
  return { kind: "length", length: Number(text) };
}

function isDigits(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return false;
  }
  return text !== "";
}

function bad(peer: "client" | "upstream", why: string): ProtocolError {
  return new ProtocolError(peer, "bad_framing", `Cannot tell where the body ends: ${why}`);
}
