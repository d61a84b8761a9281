import { type Field, field, type Fields, tokensOf, valueOf, valuesOf } from "../../http/fields.ts";
import type { Framing } from "../../http/framing.ts";
import type { RequestHead, ResponseHead } from "../../http/head.ts";
import {
  endsHere,
  endsHereOnReturn,
  mayStayBehind,
  namesNoOther,
  requestFieldsToForward,
  responseFieldsToForward,
} from "../../http/hop_by_hop.ts";
import { DEFAULT_PORT, type Scheme } from "../../http/target.ts";
import { formatEndpoint } from "../../net/address/endpoint.ts";
import type { Endpoint } from "../../net/address/endpoint.ts";

/** A `Proxy-Status` (RFC 9209) in which an origin speaks in our name. */
const SAID_IN_OUR_NAME = /(?:^|,)\s*"?doorward/i;

/** The name of the WebSocket protocol (RFC 6455 section 4.1), lower case. */
export const WEBSOCKET = "websocket";

/**
 * The protocols that a request asks to change to, lower case; none unless it says so in the three ways that
 * RFC 9110 section 7.8 wants.
 */
export function protocolsAskedFor(head: RequestHead): string[] {
  const isAsking = head.minor === 1 && tokensOf(head.fields, "connection").includes("upgrade");
  return isAsking ? tokensOf(head.fields, "upgrade") : [];
}

/**
 * Whether a 101 changes to what was asked for. RFC 9110 section 7.8: a server MUST NOT switch to a protocol
 * that the client did not indicate; it MUST say which it has switched to.
 */
export function isChangeAskedFor(head: ResponseHead, upgradesTo: readonly string[]): boolean {
  const protocols = tokensOf(head.fields, "upgrade");
  return protocols.length > 0 && protocols.every((protocol) => upgradesTo.includes(protocol));
}

/** What of a request decides how it goes on. */
export interface ForwardedRequest {
  readonly head: RequestHead;
  readonly host: string;
  readonly framing: Framing;
  readonly upgradesTo: readonly string[];
}

/** The fields of a request as it goes to the origin: one Host, our framing, nothing of this connection. */
export function forwardedRequestFields(
  { head, host, framing, upgradesTo }: ForwardedRequest,
  via: string | null,
): Field[] {
  const hops = maxForwards(head);
  return [
    field("Host", host),
    ...requestFieldsToForward(head.fields).map((line) =>
      line.key === "max-forwards" && hops !== null ? field(line.name, String(hops - 1)) : line
    ),
    ...framingFields(framing),
    ...viaField(head.minor, via),
    ...upgradeFields(upgradesTo),
  ];
}

/**
 * The field lines of a request as {@linkcode forwardedRequestFields} would have them, taken over as they were sent; null
 * where one of them has to be written anew, or `Host` does not stand first (RFC 9110 section 7.2).
 */
export function sentRequestLines(request: ForwardedRequest): string | null {
  const { head, host, framing, upgradesTo } = request;
  const { fields, sent } = head;
  const [first] = fields;
  if (first?.key !== "host" || first.value !== host) return null;
  if (upgradesTo.length > 0 || maxForwards(head) !== null) return null;
  const { text, lines } = sent;
  let from = lines[0]!;
  let taken = "";
  for (let at = 1; at < fields.length; at++) {
    const { key, value } = fields[at]!;
    if (!mayStayBehind(key)) continue;
    if (isLengthOf(framing, key, value)) continue;
    if (key === "transfer-encoding" || (key === "connection" && !namesNoOther(value))) return null;
    if (key === "content-length" && framing.kind === "length") return null;
    if (!endsHere(key)) continue;
    taken += text.slice(from, lines[at]);
    from = lines[at + 1]!;
  }
  return taken + text.slice(from, lines[fields.length]);
}

/**
 * Which field lines of a response stay behind where the others go on as they were sent; null where one has to be
 * written anew.
 */
export function responseLinesToCut(head: ResponseHead, framing: Framing): readonly number[] | null {
  const { fields, minor, sent } = head;
  if (minor !== 1 || head.status === 101) return null;
  // RFC 9112 section 4: the space behind the status is not optional.
  if (sent.text[STATUS_END] !== " ") return null;
  let cut: number[] | null = null;
  for (let at = 0; at < fields.length; at++) {
    const { key, value } = fields[at]!;
    if (!mayStayBehind(key)) continue;
    if (isLengthOf(framing, key, value)) continue;
    if (key === "transfer-encoding" && framing.kind === "chunked" && value === "chunked") continue;
    if (key === "transfer-encoding" || key === "content-length") return null;
    if (key === "connection" && !namesNoOther(value)) return null;
    if (key === "proxy-status" && SAID_IN_OUR_NAME.test(value)) return null;
    if (!endsHereOnReturn(key)) continue;
    (cut ??= []).push(at);
  }
  return cut ?? NO_LINES;
}

const NO_LINES: readonly number[] = [];
/** Behind `HTTP/1.1 200`. */
const STATUS_END = 12;

/** Whether a field says of the body what we would say. */
function isLengthOf(framing: Framing, key: string, value: string): boolean {
  return key === "content-length" && framing.kind === "length" && value === String(framing.length);
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
    ...(head.status === 101 ? upgradeFields(tokensOf(head.fields, "upgrade")) : []),
  ];
}

/** The names of all whom a request has passed, and ours, as fields for the next proxy. */
export function passedFields({ fields, minor }: RequestHead, via: string | null): Field[] {
  return via === null
    ? []
    : [...fields.filter(({ key }) => key === "via"), ...viaField(minor, via)];
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

/** The value of `Host` for a server of the network: without the port of the scheme, which is understood. */
export function hostValue(target: Endpoint, scheme: Scheme): string {
  const text = formatEndpoint(target);
  const port = DEFAULT_PORT[scheme];
  return target.port === port ? text.slice(0, -`:${port}`.length) : text;
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

/** Our name as a `Via` field, for a message that came in as HTTP/1.`minor`. */
export function viaField(minor: 0 | 1, via: string | null): Field[] {
  return via === null ? [] : [field("Via", `1.${minor} ${via}`)];
}

/** The same as a line; empty where we have no name. */
export function viaLine(minor: 0 | 1, via: string | null): string {
  return via === null ? "" : `Via: 1.${minor} ${via}\r\n`;
}

function upgradeFields(protocols: readonly string[]): Field[] {
  return protocols.length === 0
    ? []
    : [field("Upgrade", protocols.join(", ")), field("Connection", "Upgrade")];
}
