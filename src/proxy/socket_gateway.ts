import { ConnectError } from "../net/errors.ts";
import type { UnixSockets } from "../net/ports.ts";
import type { ByteStream } from "../net/stream/stream.ts";
import type { Deadlines } from "../net/time/deadlines.ts";
import { within } from "../net/time/within.ts";
import type { Policy, PolicyCell } from "../policy/policy.ts";
import type { SocketRequest } from "../policy/socket_request.ts";
import type { Asker } from "./asking/asker.ts";
import type { Refused } from "./authorize.ts";
import { authorizeSocket, present, type SocketGrant } from "./authorize_socket.ts";
import { connectSocket } from "./connect_socket.ts";
import type { Limits, Reached } from "./limits.ts";

/** The way to unix sockets: policy first, then a connection, within the limit of connections. */
export interface SocketGateway {
  /**
   * Asks the policy in force, and connects if it allows. Rejects with a `ConnectError`, or with a
   * `ProtocolError` for a path that names no socket, and where the system has none.
   *
   * @param granted told of the grant before anything is connected to
   */
  open(
    request: SocketRequest,
    asker: Asker,
    signal: AbortSignal,
    granted: (grant: SocketGrant) => void,
  ): Promise<ByteStream | Refused>;
}

/** What a {@linkcode SocketGateway} is made of. */
export interface SocketGatewayParts {
  readonly policy: PolicyCell;
  /** Told of each request that is let through. */
  readonly allowed: (grant: SocketGrant, asker: Asker) => void;
  /** Told of each request that policy has nothing against, on a system without unix sockets. */
  readonly unsupported: (request: SocketRequest, policy: Policy, asker: Asker) => void;
  readonly limits: Limits;
  /** Null where the system has none. */
  readonly sockets: UnixSockets | null;
  readonly deadlines: Deadlines;
  readonly reached: Reached;
}

/** Composes a gateway. */
export function createSocketGateway(parts: SocketGatewayParts): SocketGateway {
  const { limits, sockets, deadlines } = parts;
  const open = async (
    request: SocketRequest,
    signal: AbortSignal,
    granted: (grant: SocketGrant) => void,
  ) => {
    const policy = parts.policy.current;
    const outcome = await authorizeSocket(request, policy, sockets, signal);
    if (outcome.verdict !== "allow") return { ...outcome, policy };
    // The path took a while to follow. From here on a change of the policy closes the client.
    const { current } = parts.policy;
    const refusal = current === policy ? null : current.decideSocket(request, outcome.path);
    if (refusal !== null) return { ...refusal, policy: current };
    granted(outcome);
    const connected = await connectSocket(outcome, present(sockets), signal);
    return "verdict" in connected ? { ...connected, policy } : connected;
  };
  return {
    open: (request, asker, signal, granted) => {
      const policy = parts.policy.current;
      const isUnsupported = sockets === null && policy.decideSocketEntrance(request) === null;
      if (isUnsupported) parts.unsupported(request, policy, asker);
      return within(
        deadlines,
        limits.connectMs,
        signal,
        (signal) =>
          open(request, signal, (grant) => {
            parts.allowed(grant, asker);
            granted(grant);
          }),
        () => {
          parts.reached("connectMs");
          return new ConnectError("connection_timeout", "Cannot connect in time");
        },
      );
    },
  };
}
