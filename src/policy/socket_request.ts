import type { HttpAction, NetworkRequest } from "./request.ts";

/** One HTTP request to a unix socket, seen in the clear. No rule about hosts applies to it. */
export interface SocketRequest extends HttpAction {
  readonly kind: "socket";
  readonly protocol: "http";
  /** As the client wrote it. */
  readonly path: string;
}

/** Everything that policy can be asked about. */
export type PolicyRequest = NetworkRequest | SocketRequest;
