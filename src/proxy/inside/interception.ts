import type { Host } from "../../net/address/host.ts";
import type { TlsClient, TlsServer } from "../../net/ports.ts";
import type { TlsIdentity } from "../../net/tls_identity.ts";

/** What ending TLS inside a tunnel takes, and beginning it anew behind. */
export interface Interception {
  /** TLS with clients, in the name of the server that they asked for. */
  readonly secureClient: TlsServer;
  /**
   * A certificate for a host, by the authority that clients have been told to trust.
   *
   * @param full told when one of another host has to make way for it
   */
  readonly identityFor: (host: Host, full: () => void) => Promise<TlsIdentity>;
  /** TLS with servers, verified by the authorities of the system and never by our own. */
  readonly secureServer: TlsClient;
}
