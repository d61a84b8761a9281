import { type Field, field, type Fields, tokensOf, valueOf, valuesOf } from "../../http/fields.ts";
import type { Framing } from "../../http/framing.ts";
import type { RequestHead, ResponseHead } from "../../http/head.ts";
import { requestFieldsToForward, responseFieldsToForward } from "../../http/hop_by_hop.ts";
import { formatEndpoint } from "../../net/address/endpoint.ts";
import type { Endpoint } from "../../net/address/endpoint.ts";

const HTTP_PORT = 80;

/** A `Proxy-Status` (RFC 9209) in which an origin speaks in our name. */
const SAID_IN_OUR_NAME = /(?:^|,)\s*"?doorward/i;

/** The only protocol a plain request may upgrade to: others would carry requests that nobody sees. */
const WEBSOCKET = "websocket";

/** Whether the request asks to become a WebSocket (RFC 6455 section 4.1). */
export function asksForWebSocket(head: RequestHead): boolean {
  return head.minor === 1 && tokensOf(head.fields, "upgrade").includes(WEBSOCKET) &&
    tokensOf(head.fields, "connection").includes("upgrade");
}

/** Whether a 101 opens a WebSocket (RFC 6455 section 4.2.2). */
export function opensWebSocket(head: ResponseHead): boolean {
  return tokensOf(head.fields, "upgrade").includes(WEBSOCKET);
}

/** The fields of a request as it goes to the origin: one Host, our framing, nothing of this connection. */
export function forwardedRequestFields(
  head: RequestHead,
  target: Endpoint,
  framing: Framing,
  via: string | null,
): Field[] {
  const hops = maxForwards(head);
  return [
    field("Host", hostValue(target)),
    ...requestFieldsToForward(head.fields).map((line) =>
      line.key === "max-forwards" && hops !== null ? field(line.name, String(hops - 1)) : line
    ),
    ...framingFields(framing),
    ...viaField(head.minor, via),
    ...(asksForWebSocket(head) ? upgradeFields() : []),
  ];
}

/** The fields of a response as it goes to the client. */
export function forwardedResponseFields(
  head: ResponseHead,
  framing: Framing,
  via: string | null,
): Field[] {
  return [
    ...responseFieldsToForward(head.fields)
      .filter(({ key, value }) => key !== "proxy-status" || !SAID_IN_OUR_NAME.test(value)),
    ...(framing.kind === "none" ? bodylessLength(head) : framingFields(framing)),
    ...viaField(head.minor, via),
    ...(head.status === 101 ? upgradeFields() : []),
  ];
}

/** Whether our own name is among those the request has passed (RFC 9110 section 7.6.3). */
export function hasPassed(fields: Fields, via: string): boolean {
  return tokensOf(fields, "via").some((member) => member.split(/\s+/)[1] === via);
}

/**
 * What `Max-Forwards` says for the two methods that heed it (RFC 9110 section 7.6.2); null where it says
 * nothing, NaN where it is not one number.
 */
export function maxForwards(head: RequestHead): number | null {
  if (head.method !== "OPTIONS" && head.method !== "TRACE") return null;
  const [text, second] = valuesOf(head.fields, "max-forwards");
  if (text === undefined) return null;
  return second === undefined && /^[0-9]{1,9}$/.test(text) ? Number(text) : NaN;
}

function hostValue(target: Endpoint): string {
  const text = formatEndpoint(target);
  return target.port === HTTP_PORT ? text.slice(0, -`:${HTTP_PORT}`.length) : text;
}

function framingFields(framing: Framing): Field[] {
  switch (framing.kind) {
    case "length":
      return [field("Content-Length", String(framing.length))];
    case "chunked":
      return [field("Transfer-Encoding", "chunked")];
    case "none":
    case "close":
      return [];
  }
  framing satisfies never;
}

/** A response without a body may say how long it would be, to HEAD or with 304 (RFC 9110 section 8.6). */
function bodylessLength(head: ResponseHead): Field[] {
  if (head.status < 200 || head.status === 204) return [];
  const length = valueOf(head.fields, "content-length");
  return length !== undefined && /^[0-9]+$/.test(length) ? [field("Content-Length", length)] : [];
}

function viaField(minor: 0 | 1, via: string | null): Field[] {
  return via === null ? [] : [field("Via", `1.${minor} ${via}`)];
}

function upgradeFields(): Field[] {
  return [field("Upgrade", WEBSOCKET), field("Connection", "Upgrade")];
}
