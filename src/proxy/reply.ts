import { type Field, field } from "../http/fields.ts";
import { responseHeadBytes } from "../http/write_head.ts";
import { ConnectError, type ConnectFault, type ProtocolError } from "../net/errors.ts";
import type { PolicyRequest } from "../policy/socket_request.ts";
import { placeOf } from "./place.ts";
import { FAULT_WORDS } from "./fault_words.ts";
import { limitOf } from "./limit_of.ts";
import { limitKey, type LimitName, limitWords } from "./limits.ts";
import { decisionLine, type Refusal } from "./refusal.ts";

/** How a reply is sent. */
export interface ReplyOptions {
  /** Whether the connection ends after it. */
  readonly close: boolean;
  /** Whether the body is left out: the request was a HEAD. */
  readonly headOnly: boolean;
}

/** The answer to a request that policy stopped. Plain HTTP gets JSON, CONNECT gets text. */
export function refusalReply(
  refusal: Refusal,
  form: "json" | "text",
  options: ReplyOptions,
): Uint8Array<ArrayBuffer> {
  const { fields, header, reason } = refusal;
  const text = `${decisionLine(refusal)}\n${refusal.message}\n${fields.next_steps.join("\n")}\n`;
  return reply({
    status: refusal.status,
    phrase: refusal.phrase,
    fields: [
      ...(header === null ? [] : [field("x-proxy-error", header)]),
      proxyStatus(
        refusal.status === 503 ? "proxy_configuration_error" : "http_request_denied",
        // A word of our own: a decider's might end the quotes.
        reason,
      ),
    ],
    ...(form === "json" ? { json: fields } : { text }),
  }, options);
}

/** The answer when an allowed upstream could not be reached, or did not answer. */
export function failureReply(
  error: ConnectError | ProtocolError,
  request: PolicyRequest,
  form: "json" | "text",
  options: ReplyOptions,
): Uint8Array<ArrayBuffer> {
  const failure = error instanceof ConnectError
    ? CONNECT_FAILURES[error.code]
    : error.code === "too_slow"
    ? RESPONSE_TIMEOUT
    : BAD_RESPONSE;
  const { host, port, words } = placeOf(request);
  const detail = error instanceof ConnectError && error.detail !== "" ? ` (${error.detail})` : "";
  const message = `Doorward could not reach ${words}: ${failure.message}${detail}.`;
  const body = {
    status: "error",
    host,
    reason: failure.reason,
    protocol: request.protocol,
    port,
    message,
    // Nothing that a client could do again mends the credentials of our own.
    retryable: failure.reason !== "upstream_proxy_authentication",
  };
  return reply({
    status: failure.status,
    phrase: `Doorward: ${failure.message}`,
    fields: [proxyStatus(failure.proxyStatus, failure.reason)],
    ...(form === "json" ? { json: body } : { text: `${message}\n` }),
  }, options);
}

/** The status of {@linkcode failureReply} where nothing could be connected to. */
export function connectFailureStatus(fault: ConnectFault): FailureStatus {
  return CONNECT_FAILURES[fault].status;
}

/** The answer to bytes that are no request. The connection always ends after it. */
export function protocolErrorReply(error: ProtocolError): Uint8Array<ArrayBuffer> {
  const status = STATUSES[error.code] ?? 400;
  const limit = limitOf(error);
  const which = limit === null ? "" : ` (${limitWords(limit)})`;
  return reply({
    status,
    phrase: PHRASES[status] ?? "Bad Request",
    fields: [proxyStatus("http_request_error", error.code)],
    text: `Doorward refused this request: ${error.message}${which}.\n`,
  }, { close: true, headOnly: false });
}

/** The answer to a connection for which there is no room. */
export function noRoomReply(
  status: 429 | 503,
  phrase: string,
  limit: LimitName,
): Uint8Array<ArrayBuffer> {
  return reply({
    status,
    phrase,
    fields: [proxyStatus("http_request_denied", limitKey(limit))],
    text: `Doorward refused this connection: ${limitWords(limit)} is reached.\n`,
  }, { close: true, headOnly: false });
}

/** An answer of our own with a short text. */
export function plainReply(
  status: number,
  phrase: string,
  text: string,
  options: ReplyOptions,
  fields: readonly Field[] = [],
): Uint8Array<ArrayBuffer> {
  return reply({ status, phrase, fields, text }, options);
}

interface Reply {
  readonly status: number;
  readonly phrase: string;
  readonly fields: readonly Field[];
  readonly json?: unknown;
  readonly text?: string;
}

function reply(content: Reply, options: ReplyOptions): Uint8Array<ArrayBuffer> {
  const isJson = content.json !== undefined;
  const body = new TextEncoder().encode(
    isJson ? `${JSON.stringify(content.json)}\n` : content.text ?? "",
  );
  const head = responseHeadBytes(content.status, content.phrase, [
    field("Content-Type", isJson ? "application/json" : "text/plain; charset=utf-8"),
    field("Content-Length", String(body.length)),
    // What we say is never what the origin says: no cache may keep it for the URL.
    field("Cache-Control", "no-store"),
    ...content.fields,
    ...(options.close ? [field("Connection", "close")] : []),
  ]);
  if (options.headOnly) return head;
  const whole = new Uint8Array(head.length + body.length);
  whole.set(head);
  whole.set(body, head.length);
  return whole;
}

/** RFC 9209: who answered in place of the origin, and why. */
function proxyStatus(error: string, details: string): Field {
  return field("Proxy-Status", `doorward; error=${error}; details="${details}"`);
}

/** What an answer in place of an origin's may be. */
export type FailureStatus = 502 | 503 | 504;

interface Failure {
  readonly status: FailureStatus;
  readonly reason: string;
  /** The error type of RFC 9209 section 2.3. */
  readonly proxyStatus: string;
  readonly message: string;
}

const CONNECT_FAILURES: Readonly<Record<ConnectFault, Failure>> = {
  dns_failure: connectFailure(502, "dns_failure", "dns_error"),
  dns_timeout: connectFailure(504, "dns_timeout", "dns_timeout"),
  too_many_lookups: connectFailure(503, "too_many_lookups", "dns_error"),
  connection_refused: connectFailure(502, "connection_refused", "connection_refused"),
  connection_timeout: connectFailure(504, "connection_timeout", "connection_timeout"),
  host_unreachable: connectFailure(502, "host_unreachable", "destination_ip_unroutable"),
  network_unreachable: connectFailure(502, "network_unreachable", "destination_ip_unroutable"),
  connection_failed: connectFailure(502, "connection_failed", "destination_unavailable"),
  tls_failed: connectFailure(502, "tls_failed", "tls_protocol_error"),
  certificate_expired: connectFailure(502, "certificate_expired", "tls_certificate_error"),
  certificate_untrusted: connectFailure(502, "certificate_untrusted", "tls_certificate_error"),
  certificate_mismatch: connectFailure(502, "certificate_mismatch", "tls_certificate_error"),
  upstream_proxy_authentication: connectFailure(
    502,
    "upstream_proxy_authentication",
    "proxy_configuration_error",
  ),
  upstream_proxy_refused: connectFailure(502, "upstream_proxy_refused", "destination_unavailable"),
  upstream_proxy_failed: connectFailure(502, "upstream_proxy_failed", "destination_unavailable"),
};

const RESPONSE_TIMEOUT = failure(
  504,
  "response_timeout",
  "http_response_timeout",
  "it did not answer in time",
);

const BAD_RESPONSE = failure(
  502,
  "bad_response",
  "http_protocol_error",
  "its answer is not valid HTTP, or ended early",
);

function connectFailure(
  status: FailureStatus,
  reason: ConnectFault,
  proxyStatus: string,
): Failure {
  return failure(status, reason, proxyStatus, FAULT_WORDS[reason]);
}

function failure(
  status: FailureStatus,
  reason: string,
  proxyStatus: string,
  message: string,
): Failure {
  return { status, reason, proxyStatus, message };
}

const STATUSES: Partial<Record<ProtocolError["code"], number>> = {
  head_too_large: 431,
  too_many_fields: 431,
  request_line_too_long: 414,
  too_slow: 408,
  unsupported: 501,
};

const PHRASES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  408: "Request Timeout",
  414: "URI Too Long",
  431: "Request Header Fields Too Large",
  501: "Not Implemented",
};
