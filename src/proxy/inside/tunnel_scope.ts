import type { Scheme } from "../../http/target.ts";
import type { TlsProtocol } from "../../net/ports.ts";
import type { TunnelRequest } from "../../policy/request.ts";
import type { Rule } from "../../policy/rule.ts";

/** A tunnel that ends here: what the requests inside it are bound to. */
export interface TunnelScope {
  /** The tunnel, as it was asked for. Nothing inside leads anywhere else. */
  readonly request: TunnelRequest;
  /** What is spoken inside. */
  readonly scheme: Scheme;
  /** The rule by which somebody let the host pass who was asked. */
  readonly approved: Rule | undefined;
  /** The id of the attempt that the tunnel was asked for with. */
  readonly attempt: () => string | null;
  /** What may be spoken to the server, in the order of preference (RFC 7301). */
  readonly protocols: readonly TlsProtocol[];
}
