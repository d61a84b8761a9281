import type { ConnectFault } from "../../net/errors.ts";
import { REPLY, type ReplyCode } from "../../socks/messages.ts";

/** The reply code (RFC 1928 section 6) for a server that was allowed and could not be reached. */
export function connectFailureReply(fault: ConnectFault): ReplyCode {
  return CODES[fault];
}

const CODES: Readonly<Record<ConnectFault, ReplyCode>> = {
  network_unreachable: REPLY.networkUnreachable,
  host_unreachable: REPLY.hostUnreachable,
  // There is no code for a name that nobody knows: its host cannot be reached.
  dns_failure: REPLY.hostUnreachable,
  connection_refused: REPLY.connectionRefused,
  // RFC 1928 has no code for time; what others send is 0x06.
  connection_timeout: REPLY.ttlExpired,
  dns_timeout: REPLY.ttlExpired,
  // The same request may pass a moment later: nothing is said of the host.
  too_many_lookups: REPLY.generalFailure,
  connection_failed: REPLY.generalFailure,
  tls_failed: REPLY.generalFailure,
  certificate_expired: REPLY.generalFailure,
  certificate_untrusted: REPLY.generalFailure,
  certificate_mismatch: REPLY.generalFailure,
  // "Not allowed" is what our own policy says, and only that.
  upstream_proxy_authentication: REPLY.generalFailure,
  upstream_proxy_refused: REPLY.generalFailure,
  upstream_proxy_failed: REPLY.generalFailure,
};
