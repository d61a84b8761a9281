import { trusting } from "../net/tls_client.ts";
import { tlsServing } from "../net/tls_server.ts";
import type { Interception } from "../proxy/inside/interception.ts";
import type { OpenAuthority } from "./open_authority.ts";

/** What ends TLS inside tunnels and begins it anew. Whom Doorward signs itself is no server to it. */
export function interceptionBy(
  { authority, roots }: Pick<OpenAuthority, "authority" | "roots">,
): Interception {
  return {
    secureClient: tlsServing(),
    identityFor: (host, full) => authority.identityFor(host, full),
    secureServer: trusting(roots),
  };
}
