import type { Deadlines } from "../net/time/deadlines.ts";
import type { SocketAddress } from "../net/address/endpoint.ts";
import { ConnectError } from "../net/errors.ts";
import type { Clock, Dialer, Resolver } from "../net/ports.ts";
import { within } from "../net/time/within.ts";
import type { Ask, Deny } from "../policy/decision.ts";
import type { PolicyCell } from "../policy/policy.ts";
import type { NetworkRequest } from "../policy/request.ts";
import { authorize, authorizeReuse, type Grant, type IsOwn } from "./authorize.ts";
import { connect, type Connected } from "./connect.ts";
import type { Limits } from "./limits.ts";

/** The way to the network: policy first, then a connection, each step within its limit. */
export interface Gateway {
  /** Asks the policy in force, and resolves if it allows. Rejects with a `ConnectError`. */
  authorize(request: NetworkRequest, signal: AbortSignal): Promise<Grant | Ask | Deny>;
  /** Asks whether the connection to `address` may carry this request too. */
  authorizeReuse(request: NetworkRequest, address: SocketAddress): Grant | Ask | Deny;
  /** Connects as granted. Rejects with a `ConnectError`. */
  connect(grant: Grant, signal: AbortSignal): Promise<Connected>;
}

/** What a {@linkcode Gateway} is made of. */
export interface GatewayParts {
  readonly policy: PolicyCell;
  readonly limits: Limits;
  readonly resolve: Resolver;
  readonly dial: Dialer;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly isOwn: IsOwn;
}

/** Composes a gateway. */
export function createGateway(parts: GatewayParts): Gateway {
  const { policy, limits, deadlines } = parts;
  const options = {
    isOwn: parts.isOwn,
    dnsAddresses: limits.dnsAddresses,
    resolve: async (name: string, signal: AbortSignal) => {
      const ips = await within(
        deadlines,
        limits.dnsMs,
        signal,
        (signal) => parts.resolve(name, signal),
        () => new ConnectError("dns_timeout", `Cannot resolve "${name}" in time`),
      );
      if (ips.length === 0) throw new ConnectError("dns_failure", `Cannot resolve "${name}"`);
      return ips;
    },
  };
  return {
    authorize: (request, signal) => authorize(request, policy.current, options, signal),
    authorizeReuse: (request, address) => authorizeReuse(request, policy.current, options, address),
    connect: (grant, signal) =>
      within(
        deadlines,
        limits.connectMs,
        signal,
        (signal) => connect(grant, parts.dial, parts.clock, signal),
        () => new ConnectError("connection_timeout", "Cannot connect in time"),
      ),
  };
}
