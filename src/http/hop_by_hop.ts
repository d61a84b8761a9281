import { type Field, type Fields, tokensOf } from "./fields.ts";

/** Fields that speak of one connection only (RFC 9110 section 7.6.1), and of the framing we write anew. */
const ONE_CONNECTION = new Set([
  "connection",
  "keep-alive",
  "te",
  "transfer-encoding",
  "content-length",
  "upgrade",
  "host",
]);

/** What a client says of where it comes from is not true because it says so (RFC 7239 section 8.1). */
const CLAIMED_ORIGIN = /^(?:forwarded|x-forwarded-.*|x-real-ip)$/;

/** Fields that frame, route or authenticate: as trailers they come too late (RFC 9110 section 6.5.1). */
const NEVER_TRAILERS =
  /^(?:content-(?:length|encoding|type|range)|transfer-encoding|host|trailer|te|connection|keep-alive|upgrade|authorization|www-authenticate|proxy-.*|set-cookie|cookie|max-forwards|cache-control|expect|range|if-.*|x-proxy-error|x-forwarded-.*|forwarded|x-real-ip|via)$/;

/** The fields of a request that go on to the origin: without `Host` and the framing, which we write. */
export function requestFieldsToForward(fields: Fields): Field[] {
  const named = namedInConnection(fields);
  return fields.filter(({ key }) =>
    !isOneConnection(key) && !named.has(key) && !CLAIMED_ORIGIN.test(key)
  );
}

/**
 * The fields of a response that go on to the client. `x-proxy-error` is ours to say: an origin that sends
 * it would pass its own refusal off as policy.
 */
export function responseFieldsToForward(fields: Fields): Field[] {
  const named = namedInConnection(fields);
  return fields.filter(({ key }) =>
    !isOneConnection(key) && !named.has(key) && key !== "x-proxy-error"
  );
}

/** Whether a trailer field may go on as one. */
export function mayBeTrailer(field: Field): boolean {
  return !NEVER_TRAILERS.test(field.key);
}

function isOneConnection(key: string): boolean {
  return ONE_CONNECTION.has(key) || (key.startsWith("proxy-") && key !== "proxy-status");
}

/** RFC 9110 section 7.6.1: a field that Connection names is for this connection too. */
function namedInConnection(fields: Fields): ReadonlySet<string> {
  return new Set(tokensOf(fields, "connection"));
}
