import type { ConnectFault } from "../net/errors.ts";

/** What happened, as a clause about the server that could not be reached. */
export const FAULT_WORDS: Readonly<Record<ConnectFault, string>> = {
  dns_failure: "its name cannot be resolved",
  dns_timeout: "its name was not resolved in time",
  too_many_lookups: "too many names are being looked up",
  connection_refused: "it refused the connection",
  connection_timeout: "no connection was made in time",
  host_unreachable: "its address cannot be reached",
  network_unreachable: "its network cannot be reached",
  connection_failed: "the connection failed",
  tls_failed: "TLS with it failed",
  certificate_expired: "its certificate has expired",
  certificate_untrusted: "its certificate is not trusted",
  certificate_mismatch: "its certificate is for another host",
  upstream_proxy_authentication: "the upstream proxy wants other credentials",
  upstream_proxy_refused: "the upstream proxy did not connect to it",
  upstream_proxy_failed: "the upstream proxy cannot be used",
};
