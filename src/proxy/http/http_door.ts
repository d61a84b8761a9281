import type { Turns } from "../../net/time/turns.ts";
import type { Door } from "../door.ts";
import type { Interception } from "../inside/interception.ts";
import type { TunnelScope } from "../inside/tunnel_scope.ts";
import type { SocketGateway } from "../socket_gateway.ts";

/** What serving HTTP takes. */
export interface HttpDoor extends Door {
  readonly sockets: SocketGateway;
  /** Whether new requests are still taken. */
  readonly open: () => boolean;
  /** Has some requests served at a time where there are many. */
  readonly turns: Turns;
  /** The tunnel whose inside is served; null for what is sent to the proxy itself. */
  readonly scope: TunnelScope | null;
  /** What ends TLS inside tunnels; null where none is. */
  readonly interception: Interception | null;
}
