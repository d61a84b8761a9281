import type { Fields } from "../http/fields.ts";
import type { Deadlines } from "../net/time/deadlines.ts";
import type { SocketAddress } from "../net/address/endpoint.ts";
import { ConnectError } from "../net/errors.ts";
import type { Clock, Dialer, Resolver, TlsClient, TlsProtocol } from "../net/ports.ts";
import { within } from "../net/time/within.ts";
import type { Policy, PolicyCell } from "../policy/policy.ts";
import type { NetworkRequest, TunnelRequest } from "../policy/request.ts";
import type { Rule } from "../policy/rule.ts";
import type { Asker } from "./asking/asker.ts";
import { type AskingParts, authorizeAsking, withPolicy } from "./asking/authorize_asking.ts";
import {
  type AuthorizeOptions,
  authorizeReuse,
  type Grant,
  type Inspection,
  type IsOwn,
  type Refused,
  renew,
  WITHHELD,
} from "./authorize.ts";
import { boundedResolver } from "./bounded_resolver.ts";
import { connect, type Connected, type ConnectParts } from "./connect.ts";
import { countedResolver } from "./counted_resolver.ts";
import type { Limits, Reached } from "./limits.ts";
import type { PlacesUpTo } from "./places_up_to.ts";
import { isPlain, proxyFailure } from "./upstream/connect_through.ts";
import { proxyDestinations } from "./upstream/proxy_destinations.ts";
import type { ChooseUpstream, UpstreamProxy } from "./upstream/upstream_proxy.ts";

/**
 * How long a look-up may take for what goes through an upstream proxy, which looks names up itself. A resolver
 * that knows the name answers sooner; behind such a proxy many never answer.
 */
const UPSTREAM_LOOKUP_MS = 1000;

/** The way to the network: policy first, then a connection, each step within its limit. */
export interface Gateway {
  /**
   * Asks the policy in force, and a person where it says so; resolves names if it allows. Rejects with a
   * `ConnectError`.
   *
   * @param approved the rule by which somebody who was asked has let the host pass before
   */
  authorize(
    request: NetworkRequest,
    asker: Asker,
    signal: AbortSignal,
    approved?: Rule,
  ): Promise<Grant | Refused>;
  /** The same for a tunnel, which may have to be looked into. */
  authorizeTunnel(
    request: TunnelRequest,
    asker: Asker,
    signal: AbortSignal,
  ): Promise<Grant | Inspection | Refused>;
  /** Asks whether the connection to `address` may carry this request too. */
  authorizeReuse(
    request: NetworkRequest,
    asker: Asker,
    address: SocketAddress,
    approved?: Rule,
  ): Grant | Refused;
  /** Asks the policy in force about what an earlier one allowed: see {@linkcode renew}. */
  renew(grant: Grant): Grant | Refused;
  /** Connects as granted, with TLS where the request is one of https. Rejects with a `ConnectError`. */
  connect(grant: Grant, signal: AbortSignal, options: ConnectOptions): Promise<Connected>;
  /** The policy in force. */
  readonly policy: Policy;
}

/** What else connecting depends on. */
export interface ConnectOptions {
  /** The `Via` fields for an upstream proxy that is asked for a tunnel; called where there is one. */
  readonly via: () => Fields;
  /** What may be spoken inside TLS (RFC 7301); HTTP/1.1 alone without it. */
  readonly protocols?: readonly TlsProtocol[] | undefined;
}

/** What a {@linkcode Gateway} is made of. */
export interface GatewayParts {
  readonly policy: PolicyCell;
  readonly ask: AskingParts["ask"];
  readonly decide: AskingParts["decide"];
  /** Told of each request that is let through. */
  readonly allowed: (grant: Grant, asker: Asker) => void;
  readonly unresolved: AskingParts["unresolved"];
  readonly limits: Limits;
  readonly resolve: Resolver;
  readonly dial: Dialer;
  readonly startTls: TlsClient;
  /** As in `ConnectParts`. */
  readonly secureServer: TlsClient;
  readonly upstream: ChooseUpstream;
  /** Those that `upstream` may choose. */
  readonly upstreamProxies: readonly UpstreamProxy[];
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly isOwn: IsOwn;
  readonly reached: Reached;
  /** Where look-ups are counted; by itself without it. */
  readonly lookups?: PlacesUpTo | undefined;
  /** Told, in one line, what is wrong with an upstream proxy. */
  readonly diagnose: (line: string) => void;
}

/** Composes a gateway. */
export function createGateway(parts: GatewayParts): Gateway {
  const { policy, limits, deadlines, reached } = parts;
  const counted = countedResolver(parts.resolve, limits, reached, parts.lookups);
  const bounded = (ms: number) =>
    boundedResolver(counted, deadlines, ms, () => {
      // Less time than that is a limit of our own.
      if (ms === limits.dnsMs) reached("dnsMs");
    });
  const options = authorizeOptions(parts, bounded);
  const common: Omit<ConnectParts, "via" | "protocols"> = { ...parts, resolve: options.resolve };
  const connectInTime = (grant: Grant, signal: AbortSignal, parts: ConnectParts) =>
    within(
      deadlines,
      limits.connectMs,
      signal,
      (signal) => connect(grant, parts, signal),
      () => {
        reached("connectMs");
        return late(grant);
      },
    );
  const tell = tellOnce(parts.diagnose);
  const heed = <T extends Grant | Inspection | Refused>(outcome: T, asker: Asker): T => {
    if (outcome.verdict === "allow") parts.allowed(outcome, asker);
    return outcome;
  };
  const asked = async (
    request: NetworkRequest,
    asker: Asker,
    options: AuthorizeOptions,
    signal: AbortSignal,
  ) => heed(await authorizeAsking(request, asker, { ...parts, options }, signal), asker);
  const optionsOf = (approved: Rule | undefined) =>
    approved === undefined ? options : { ...options, approved };
  return {
    async authorize(request, asker, signal, approved): Promise<Grant | Refused> {
      const outcome = await asked(request, asker, optionsOf(approved), signal);
      return outcome.verdict === "inspect" ? { ...WITHHELD, policy: policy.current } : outcome;
    },
    authorizeTunnel: (request, asker, signal) => asked(request, asker, options, signal),
    authorizeReuse(request, asker, address, approved): Grant | Refused {
      const { current } = policy;
      const outcome = authorizeReuse(request, current, optionsOf(approved), address);
      return heed(withPolicy(outcome, current), asker);
    },
    renew: (grant) => withPolicy(renew(grant, policy.current, options), policy.current),
    connect: (grant, signal, { via, protocols }) =>
      grant.via === null ? connectInTime(grant, signal, { ...common, via: [], protocols }) : tell(
        wayOf(grant.via, grant.request),
        connectInTime(grant, signal, { ...common, via: via(), protocols }),
      ),
    get policy(): Policy {
      return policy.current;
    },
  };
}

/**
 * What a gateway authorizes with.
 *
 * @param bounded resolves within so many milliseconds
 */
export function authorizeOptions(
  { limits, isOwn, upstream, upstreamProxies }: Pick<
    GatewayParts,
    "limits" | "isOwn" | "upstream" | "upstreamProxies"
  >,
  bounded: (ms: number) => Resolver,
): AuthorizeOptions {
  const { dnsMs, dnsAddresses } = limits;
  const resolve = bounded(dnsMs);
  return {
    resolve,
    isOwn,
    dnsAddresses,
    upstream: { choose: upstream, resolve: bounded(Math.min(dnsMs, UPSTREAM_LOOKUP_MS)) },
    proxies: proxyDestinations(upstreamProxies, resolve),
  };
}

/**
 * Tells what is wrong with an upstream proxy: few programs show their user what a CONNECT failed of, and
 * whoever runs Doorward is the one to mend it. The same again is told only after something has worked in the
 * same way.
 */
function tellOnce(
  diagnose: (line: string) => void,
): (way: string, connecting: Promise<Connected>) => Promise<Connected> {
  const told = new Map<string, string>();
  return async (way, connecting) => {
    try {
      const connected = await connecting;
      told.delete(way);
      return connected;
    } catch (error) {
      if (error instanceof ConnectError && error.detail !== "") {
        // A proxy that is down for tunnels is down for plain requests too: that is one fault.
        const isNew = ![...told.values()].includes(error.detail);
        told.set(way, error.detail);
        if (isNew) diagnose(`Cannot connect: ${error.detail}`);
      }
      throw error;
    }
  };
}

/** Names a way that may work while another does not: a plain request takes no answer of the proxy. */
function wayOf(proxy: UpstreamProxy, request: NetworkRequest): string {
  return `${isPlain(proxy, request) ? "plain" : "tunnel"} ${proxy.source}`;
}

function late({ via }: Grant): ConnectError {
  const error = new ConnectError("connection_timeout", "Cannot connect in time");
  return via === null ? error : proxyFailure(via, error);
}
