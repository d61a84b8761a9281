import {
  type Endpoint,
  formatEndpoint,
  parseEndpoint,
  sameEndpoint,
} from "../net/address/endpoint.ts";
import { ProtocolError } from "../net/errors.ts";
import { valuesOf } from "./fields.ts";
import type { RequestHead } from "./head.ts";

/** A scheme of HTTP (RFC 9110 section 4.2). */
export type Scheme = "http" | "https";

/** The port that a URL of it means when it names none. */
export const DEFAULT_PORT: Readonly<Record<Scheme, number>> = { http: 80, https: 443 };

/** Where a plain request goes, and what its request-target is there. */
export interface HttpTarget {
  readonly endpoint: Endpoint;
  /** Origin-form (`/path?query`), or `*` for OPTIONS (RFC 9112 section 3.2). */
  readonly path: string;
}

/** An absolute-form target, taken apart. */
export interface AbsoluteTarget extends HttpTarget {
  readonly authority: string;
}

/**
 * Reads the target of any request but CONNECT: absolute-form, or origin-form and `*` with `Host`.
 *
 * @param scheme what is spoken: `https` inside TLS
 * @throws {ProtocolError} for a target or a `Host` that is missing, doubled, invalid or contradictory
 */
export function httpTarget(head: Omit<RequestHead, "sent">, scheme: Scheme = "http"): HttpTarget {
  const host = hostField(head);
  const { target } = head;
  if (target.startsWith("/") || (target === "*" && head.method === "OPTIONS")) {
    // RFC 9112 section 3.2: HTTP/1.0 may leave out Host, but then origin-form names no server.
    if (host === null) throw badHost("it is missing");
    if (target.includes("#")) throw badTarget("it holds a fragment");
    return { endpoint: readHost(host, scheme), path: target };
  }
  const absolute = parseAbsoluteTarget(target, scheme);
  if (host !== null && host !== absolute.authority) {
    const named = readHost(host, scheme);
    if (!sameEndpoint(named, absolute.endpoint)) {
      // RFC 9112 section 3.2.2: a proxy ignores Host here. Stricter: two answers are none.
      throw badHost("it does not match the request target");
    }
  }
  // RFC 9112 section 3.2.4: OPTIONS with an empty path is meant for the server as a whole.
  if (
    head.method === "OPTIONS" && absolute.authority.length + `${scheme}://`.length === target.length
  ) {
    return { endpoint: absolute.endpoint, path: "*" };
  }
  return absolute;
}

/**
 * Reads the target of CONNECT: `host:port` and nothing else (RFC 9110 section 9.3.6).
 *
 * @throws {ProtocolError} as {@linkcode httpTarget}
 */
export function connectTarget(head: Omit<RequestHead, "sent">): Endpoint {
  const endpoint = parseEndpoint(head.target, null);
  if ("kind" in endpoint) throw badTarget(endpoint.why);
  const host = hostField(head);
  if (host !== null && host !== head.target) {
    const named = parseEndpoint(host, endpoint.port);
    if ("kind" in named) throw badHost(named.why);
    if (!sameEndpoint(named, endpoint)) {
      throw badHost("it does not match the request target");
    }
  }
  return endpoint;
}

/** The longest registered scheme has 36 characters; what is said of one goes into replies. */
const SCHEME_LENGTH_MAX = 64;

/**
 * Reads `http://authority/path?query`; inside TLS the scheme is `https`.
 *
 * @throws {ProtocolError} code `unsupported` for another scheme, else `bad_target`
 */
export function parseAbsoluteTarget(text: string, spoken: Scheme = "http"): AbsoluteTarget {
  const colon = text.indexOf("://");
  if (colon === -1) throw badTarget("it is neither a path nor an absolute http URL");
  const scheme = text.slice(0, colon).toLowerCase();
  if (scheme === "https" && spoken === "http") {
    throw new ProtocolError(
      "client",
      "unsupported",
      "Cannot fetch an https URL for the client: it must send CONNECT and speak TLS itself",
    );
  }
  if (scheme !== spoken) {
    const isScheme = /^[a-z][a-z0-9+.-]*$/.test(scheme) && scheme.length <= SCHEME_LENGTH_MAX;
    if (!isScheme) throw badTarget("it has no scheme");
    throw new ProtocolError(
      "client",
      "unsupported",
      spoken === "http"
        ? `Cannot speak ${scheme}: only http and CONNECT`
        : `Cannot speak ${scheme} here: this is https`,
    );
  }
  if (text.includes("#")) throw badTarget("it holds a fragment");
  const start = colon + 3;
  let end = start;
  while (end < text.length && text[end] !== "/" && text[end] !== "?") end += 1;
  const authority = text.slice(start, end);
  const endpoint = parseEndpoint(authority, DEFAULT_PORT[spoken]);
  if ("kind" in endpoint) throw badTarget(endpoint.why);
  const rest = text.slice(end);
  return { endpoint, authority, path: rest.startsWith("/") ? rest : `/${rest}` };
}

/** The target as it is sent to another proxy (RFC 9112 section 3.2.2); `*` is an empty path there (3.2.4). */
export function absoluteForm({ endpoint, path }: HttpTarget): string {
  return `http://${formatEndpoint(endpoint)}${path === "*" ? "" : path}`;
}

/** The one Host of a request; null for HTTP/1.0 without one (RFC 9112 section 3.2). */
function hostField(head: Omit<RequestHead, "sent">): string | null {
  const hosts = valuesOf(head.fields, "host");
  if (hosts.length > 1) throw badHost("there is more than one");
  if (hosts.length === 0 && head.minor === 1) throw badHost("it is missing");
  return hosts[0] ?? null;
}

function readHost(text: string, scheme: Scheme): Endpoint {
  const endpoint = parseEndpoint(text, DEFAULT_PORT[scheme]);
  if ("kind" in endpoint) throw badHost(endpoint.why);
  return endpoint;
}

function badTarget(why: string): ProtocolError {
  return new ProtocolError("client", "bad_target", `Cannot use the request target: ${why}`);
}

function badHost(why: string): ProtocolError {
  return new ProtocolError("client", "bad_host", `Cannot use the Host header: ${why}`);
}
