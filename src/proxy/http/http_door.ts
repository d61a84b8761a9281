import type { Door } from "../door.ts";
import type { SocketGateway } from "../socket_gateway.ts";

/** What serving HTTP takes. */
export interface HttpDoor extends Door {
  readonly sockets: SocketGateway;
  /** Whether new requests are still taken. */
  readonly open: () => boolean;
}
