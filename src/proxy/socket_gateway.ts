import { ConnectError } from "../net/errors.ts";
import type { UnixSockets } from "../net/ports.ts";
import type { ByteStream } from "../net/stream/stream.ts";
import type { Deadlines } from "../net/time/deadlines.ts";
import { within } from "../net/time/within.ts";
import type { Deny } from "../policy/decision.ts";
import type { PolicyCell } from "../policy/policy.ts";
import type { SocketRequest } from "../policy/socket_request.ts";
import { authorizeSocket, present } from "./authorize_socket.ts";
import { connectSocket } from "./connect_socket.ts";
import type { Limits } from "./limits.ts";

/** The way to unix sockets: policy first, then a connection, within the limit of connections. */
export interface SocketGateway {
  /**
   * Asks the policy in force, and connects if it allows. Rejects with a `ConnectError`, or with a
   * `ProtocolError` for a path that names no socket, and where the system has none.
   */
  open(request: SocketRequest, signal: AbortSignal): Promise<ByteStream | Deny>;
}

/** What a {@linkcode SocketGateway} is made of. */
export interface SocketGatewayParts {
  readonly policy: PolicyCell;
  readonly limits: Limits;
  /** Null where the system has none. */
  readonly sockets: UnixSockets | null;
  readonly deadlines: Deadlines;
}

/** Composes a gateway. */
export function createSocketGateway(parts: SocketGatewayParts): SocketGateway {
  const { limits, sockets, deadlines } = parts;
  const open = async (request: SocketRequest, signal: AbortSignal) => {
    const outcome = await authorizeSocket(request, parts.policy.current, sockets, signal);
    if (outcome.verdict !== "allow") return outcome;
    return await connectSocket(outcome, present(sockets), signal);
  };
  return {
    open: (request, signal) =>
      within(
        deadlines,
        limits.connectMs,
        signal,
        (signal) => open(request, signal),
        () => new ConnectError("connection_timeout", "Cannot connect in time"),
      ),
  };
}
