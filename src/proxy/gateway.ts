import type { Deadlines } from "../net/time/deadlines.ts";
import type { SocketAddress } from "../net/address/endpoint.ts";
import { ConnectError } from "../net/errors.ts";
import type { Clock, Dialer, Resolver, TlsClient } from "../net/ports.ts";
import { within } from "../net/time/within.ts";
import type { Ask, Deny } from "../policy/decision.ts";
import type { PolicyCell } from "../policy/policy.ts";
import type { NetworkRequest } from "../policy/request.ts";
import {
  authorize,
  type AuthorizeOptions,
  authorizeReuse,
  type Grant,
  type IsOwn,
} from "./authorize.ts";
import { boundedResolver } from "./bounded_resolver.ts";
import { connect, type Connected } from "./connect.ts";
import type { Limits } from "./limits.ts";
import { proxyFailure } from "./upstream/connect_through.ts";
import type { ChooseUpstream } from "./upstream/upstream_proxy.ts";

/**
 * How long a look-up may take for what goes through an upstream proxy, which looks names up itself. A resolver
 * that knows the name answers sooner; behind such a proxy many never answer.
 */
export const UPSTREAM_LOOKUP_MS = 1000;

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
  readonly startTls: TlsClient;
  readonly upstream: ChooseUpstream;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly isOwn: IsOwn;
}

/** Composes a gateway. */
export function createGateway(parts: GatewayParts): Gateway {
  const { policy, limits, deadlines, isOwn } = parts;
  const bounded = (ms: number) => boundedResolver(parts.resolve, deadlines, ms);
  const resolve = bounded(limits.dnsMs);
  const options: AuthorizeOptions = {
    isOwn,
    dnsAddresses: limits.dnsAddresses,
    resolve,
    upstream: {
      choose: parts.upstream,
      resolve: bounded(Math.min(limits.dnsMs, UPSTREAM_LOOKUP_MS)),
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
        (signal) => connect(grant, { ...parts, resolve }, signal),
        () => late(grant),
      ),
  };
}

function late({ via }: Grant): ConnectError {
  const error = new ConnectError("connection_timeout", "Cannot connect in time");
  return via === null ? error : proxyFailure(via, error);
}
