import { type Field, type Fields, tokensOf } from "./fields.ts";

/**
 * Fields that speak of one connection only (RFC 9110 section 7.6.1), and of the framing we write anew. With
 * them goes whatever begins with `proxy-`.
 */
const ONE_CONNECTION: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "te",
  "transfer-encoding",
  "content-length",
  "upgrade",
  "host",
]);

/**
 * What a client says of where it comes from is not true because it says so (RFC 7239 section 8.1), and what a server
 * was asked for is in the request line, which policy has seen; the last two are said to us or by us. With them goes
 * whatever begins with `x-forwarded-`.
 */
const NOT_FOR_ORIGINS: ReadonlySet<string> = new Set([
  "forwarded",
  "x-real-ip",
  // By these a proxy tells some servers (IIS, and what is built on some frameworks of PHP) which path was meant.
  "x-original-url",
  "x-rewrite-url",
  "x-unix-socket",
  "x-proxy-error",
]);

const FIRST_LETTERS = Uint8Array.from({ length: 0x80 }, (_, code) => {
  const names = [...ONE_CONNECTION, ...NOT_FOR_ORIGINS, "proxy-", "x-forwarded-"];
  return names.some((name) => name.charCodeAt(0) === code) ? 1 : 0;
});

/** Fields by which a request asks to be taken for another method than it says; lower case. */
export const METHOD_OVERRIDES: readonly string[] = [
  "x-http-method-override",
  "x-http-method",
  "x-method-override",
];

/**
 * Fields that frame, route, authenticate, ask or control: as trailers they come too late (RFC 9110 section
 * 6.5.1), behind all who have judged the message by its header.
 */
const NEVER_TRAILERS: ReadonlySet<string> = new Set([
  "age",
  "authorization",
  "cache-control",
  "content-encoding",
  "content-range",
  "content-type",
  "cookie",
  "date",
  "expect",
  "expires",
  "location",
  "max-forwards",
  "pragma",
  "range",
  "retry-after",
  "set-cookie",
  "trailer",
  "vary",
  "via",
  "warning",
  "www-authenticate",
  // Another method than the one that policy was asked about.
  ...METHOD_OVERRIDES,
]);

/** The fields of a request that go on to the origin: without `Host` and the framing, which we write. */
export function requestFieldsToForward(fields: Fields): Field[] {
  const named = namedInConnection(fields);
  return fields.filter(({ key }) => !endsHere(key) && !named.has(key));
}

/**
 * The fields of a response that go on to the client. `x-proxy-error` is ours to say: an origin that sends
 * it would pass its own refusal off as policy.
 */
export function responseFieldsToForward(fields: Fields): Field[] {
  const named = namedInConnection(fields);
  return fields.filter(({ key }) => !endsHereOnReturn(key) && !named.has(key));
}

/** Whether a field may be one of those that do not simply go on: its first letter tells it of most. */
export function mayStayBehind(key: string): boolean {
  return FIRST_LETTERS[key.charCodeAt(0)] === 1;
}

/** Whether a field of a request ends here, for what it is called. `Connection` may name others. */
export function endsHere(key: string): boolean {
  const name = knownAs(key);
  return isOneConnection(name) || isNotForOrigins(name);
}

/** Whether a field of a response ends here, for what it is called. `Connection` may name others. */
export function endsHereOnReturn(key: string): boolean {
  return (isOneConnection(key) && key !== "proxy-status") || key === "x-proxy-error";
}

/** Whether what `Connection` says is of the connection alone, and names no field that would else go on. */
export function namesNoOther(value: string): boolean {
  for (const part of value.split(",")) {
    const token = part.trim().toLowerCase();
    if (token !== "close" && token !== "" && !isOneConnection(token)) return false;
  }
  return true;
}

/** Whether a trailer field may go on as one. */
export function mayBeTrailer({ key }: Field): boolean {
  const name = knownAs(key);
  return !NEVER_TRAILERS.has(name) && !name.startsWith("if-") && !isOneConnection(name) &&
    !isNotForOrigins(name);
}

/**
 * The name by which an origin may know the field: behind CGI and WSGI `X_Real_IP` and `X-Real-IP` are one.
 */
export function knownAs(key: string): string {
  return key.includes("_") ? key.replaceAll("_", "-") : key;
}

function isOneConnection(key: string): boolean {
  return ONE_CONNECTION.has(key) || key.startsWith("proxy-");
}

function isNotForOrigins(key: string): boolean {
  return NOT_FOR_ORIGINS.has(key) || key.startsWith("x-forwarded-");
}

const NONE: ReadonlySet<string> = new Set();

/** RFC 9110 section 7.6.1: a field that Connection names is for this connection too. */
function namedInConnection(fields: Fields): ReadonlySet<string> {
  const names = tokensOf(fields, "connection");
  return names.length === 0 ? NONE : new Set(names);
}
