/** What a peer did wrong: the part of HTTP or SOCKS that it broke. */
export type ProtocolFault =
  | "bad_request_line"
  | "bad_status_line"
  | "bad_target"
  | "bad_host"
  | "bad_header"
  | "bad_framing"
  | "bad_chunk"
  | "head_too_large"
  | "request_line_too_long"
  | "too_many_fields"
  | "cut_short"
  | "too_slow"
  | "bad_tls"
  | "unsupported";

/** A peer broke the protocol it was speaking. The message is fit to be sent back to that peer. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  constructor(
    readonly peer: "client" | "upstream",
    readonly code: ProtocolFault,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Why an allowed upstream could not be reached. */
export type ConnectFault =
  | "dns_failure"
  | "dns_timeout"
  /** So many names are being looked up that no more are taken. */
  | "too_many_lookups"
  | "connection_refused"
  | "connection_timeout"
  | "host_unreachable"
  | "network_unreachable"
  | "connection_failed"
  /** TLS with the server failed. */
  | "tls_failed"
  | "certificate_expired"
  | "certificate_untrusted"
  /** The certificate is another host's. */
  | "certificate_mismatch"
  /** A proxy on the way there wants credentials, or others than it got. */
  | "upstream_proxy_authentication"
  /** A proxy on the way there answered, and did not connect. */
  | "upstream_proxy_refused"
  /** A proxy on the way there could not be reached, or did not speak its protocol. */
  | "upstream_proxy_failed";

/** What a {@linkcode ConnectError} may carry. */
export interface ConnectErrorOptions extends ErrorOptions {
  /** See {@linkcode ConnectError.detail}. */
  readonly detail?: string;
}

/** An allowed upstream could not be reached. */
export class ConnectError extends Error {
  override readonly name = "ConnectError";
  /** A clause fit for the client, in our own words: "it answered 403". Empty where the code says all. */
  readonly detail: string;
  constructor(readonly code: ConnectFault, message: string, options?: ConnectErrorOptions) {
    super(message, options);
    this.detail = options?.detail ?? "";
  }
}
