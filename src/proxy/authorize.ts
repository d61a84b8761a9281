import type { SocketAddress } from "../net/address/endpoint.ts";
import type { IpAddress } from "../net/address/ip.ts";
import { ConnectError } from "../net/errors.ts";
import type { Resolver } from "../net/ports.ts";
import type { Allow, Ask, Decision, Deny, Inspect } from "../policy/decision.ts";
import type { Policy, Step } from "../policy/policy.ts";
import type { NetworkRequest, Protocol } from "../policy/request.ts";
import type { Rule } from "../policy/rule.ts";
import { leadsToProxy, type ProxyDestinations } from "./upstream/proxy_destinations.ts";
import {
  type ChooseUpstream,
  chosenProxy,
  describeUpstream,
  type Route,
  type UpstreamProxy,
} from "./upstream/upstream_proxy.ts";

const issued = Symbol("grant");

/**
 * Proof that policy allowed `request` and let every one of `addresses` pass. Only this file can make one,
 * and {@linkcode connect} takes nothing else, so that no path reaches the network undecided.
 */
export interface Grant {
  readonly verdict: "allow";
  readonly [issued]: true;
  readonly request: NetworkRequest;
  /** What decided, all of it. */
  readonly policy: Policy;
  readonly decision: Allow;
  /** Set where no rule of the policy allowed it, but somebody who was asked. */
  readonly approved: Rule | undefined;
  /** In the order to try; none were found where only `via` can know them. */
  readonly addresses: readonly SocketAddress[];
  /** The proxy to go through, which is asked for the target by name; null dials `addresses`. */
  readonly via: UpstreamProxy | null;
}

/**
 * A tunnel that may stand, and be connected to nothing: each request inside is to be authorized by itself, and only
 * that one is worth a {@linkcode Grant}.
 */
export interface Inspection {
  readonly verdict: "inspect";
  /** The rule by which somebody let the host pass who was asked; what is inside is not asked about again. */
  readonly approved: Rule | undefined;
}

/** A refusal, and the policy that spoke it. */
export type Refused = (Ask | Deny) & { readonly policy: Policy };

/** Tells whether an address is one that this process listens on, for what comes in by that protocol. */
export type IsOwn = (address: SocketAddress, protocol: Protocol) => boolean;

/** What {@linkcode authorize} asks besides the policy. */
export interface AuthorizeOptions {
  readonly resolve: Resolver;
  readonly isOwn: IsOwn;
  /** Addresses of one answer that are tried; all of them are judged. */
  readonly dnsAddresses: number;
  /** Without it every request goes directly. */
  readonly upstream?: UpstreamWay;
  /** The upstream proxies, which are no destinations. */
  readonly proxies?: ProxyDestinations;
  /** The rule by which somebody who was asked lets it pass. It is worth no more than the answer "ask". */
  readonly approved?: Rule;
  /** Told each step of the way. */
  readonly note?: (step: Step) => void;
}

/** When another proxy is gone through, and what is looked up before. */
export interface UpstreamWay {
  readonly choose: ChooseUpstream;
  /** Gives up sooner than the resolver for what goes directly: an answer is a help here, and no need. */
  readonly resolve: Resolver;
}

/**
 * Asks policy by name, resolves once, asks about every address. A name that is not allowed is never looked
 * up, and one forbidden address refuses the whole answer: a name may mix public and private ones
 * (rebinding). Rejects with a `ConnectError` when the look-up fails.
 *
 * What goes through an upstream proxy is judged in the same way, with one difference: behind such a proxy a
 * machine often knows no names of the outside, so a look-up that fails or takes long refuses nothing. The
 * proxy is then asked for the name alone. It resolves the name itself in any case, and what it finds is out
 * of our sight: of its answers only its own rules can guard.
 */
export async function authorize(
  request: NetworkRequest,
  policy: Policy,
  options: AuthorizeOptions,
  signal: AbortSignal,
): Promise<Grant | Inspection | Ask | Deny> {
  const decision = decideByName(request, policy, options);
  if (decision.verdict === "inspect") {
    return { verdict: "inspect", approved: options.approved };
  }
  if (decision.verdict !== "allow") return decision;
  const { host, port } = request.target;
  const ips = host.kind === "ip"
    ? [host.ip]
    : await addressesOf(request, host.name, options, signal);
  // Null for nearly every port: then there is nothing to wait for, or to compare with.
  const looking = options.proxies?.on(port, signal) ?? null;
  const proxies = looking === null ? null : await looking;
  for (const ip of ips) {
    const refusal = decideByAddress(request, policy, options, ip);
    if (refusal !== null) return refusal;
  }
  if (proxies !== null && leadsToProxy(ips, proxies)) return upstreamProxy(options);
  const route = options.upstream?.choose(request, ips) ?? null;
  noteRoute(route, options);
  const via = chosenProxy(route);
  const addresses = ips.slice(0, options.dnsAddresses).map((ip) => ({ ip, port }));
  const { approved } = options;
  return { verdict: "allow", [issued]: true, request, policy, decision, approved, addresses, via };
}

/**
 * Asks the policy in force about what an earlier one allowed. Nothing is looked up: the addresses are those that were
 * granted, and each of them has to pass again.
 */
export function renew(grant: Grant, policy: Policy, options: AuthorizeOptions): Grant | Ask | Deny {
  if (grant.policy === policy) return grant;
  const { request, addresses } = grant;
  // Who approved it a moment ago is not asked again.
  const again = grant.approved === undefined ? options : { ...options, approved: grant.approved };
  const decision = decideByName(request, policy, again);
  if (decision.verdict === "inspect") return WITHHELD;
  if (decision.verdict !== "allow") return decision;
  for (const { ip } of addresses) {
    const refusal = decideByAddress(request, policy, options, ip);
    if (refusal !== null) return refusal;
  }
  return { ...grant, policy, decision };
}

/**
 * Asks policy whether a connection to `address`, made for an earlier request to the same target, may carry
 * this one. Nothing is looked up, since nothing is dialled.
 */
export function authorizeReuse(
  request: NetworkRequest,
  policy: Policy,
  options: AuthorizeOptions,
  address: SocketAddress,
): Grant | Ask | Deny {
  const decision = decideByName(request, policy, options);
  if (decision.verdict === "inspect") return WITHHELD;
  if (decision.verdict !== "allow") return decision;
  const refusal = decideByAddress(request, policy, options, address.ip);
  if (refusal !== null) return refusal;
  const way = { approved: options.approved, addresses: [address], via: null };
  return { verdict: "allow", [issued]: true, request, policy, decision, ...way };
}

/** The answer where a connection is asked for, and policy has come to say that it is to be looked into first. */
export const WITHHELD: Deny = {
  verdict: "deny",
  reason: "mitm_required",
  source: "mode_guard",
  rule: null,
  detail: "the policy has changed meanwhile",
};

async function addressesOf(
  request: NetworkRequest,
  name: string,
  options: AuthorizeOptions,
  signal: AbortSignal,
): Promise<readonly IpAddress[]> {
  const { upstream } = options;
  if (upstream === undefined || chosenProxy(upstream.choose(request, [])) === null) {
    return await options.resolve(name, signal);
  }
  try {
    return await upstream.resolve(name, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ConnectError)) throw error;
    const answer = "no answer here: the upstream proxy resolves the name";
    options.note?.({ question: "addresses", answer, rule: null });
    return [];
  }
}

function noteRoute(route: Route, { upstream, note }: AuthorizeOptions): void {
  if (upstream === undefined || note === undefined) return;
  note({ question: "route", answer: routeWords(route), rule: null });
}

function routeWords(route: Route): string {
  if (route === null) return "direct";
  return route.kind === "direct" ? `direct (${route.why})` : `through ${describeUpstream(route)}`;
}

function decideByName(
  request: NetworkRequest,
  policy: Policy,
  options: AuthorizeOptions,
): Allow | Inspect | Ask | Deny {
  const decision = orApproved(policy.decide(request, options.note), request, policy, options);
  const { host, port } = request.target;
  const isLetPass = decision.verdict === "allow" || decision.verdict === "inspect";
  if (isLetPass && options.proxies?.named(request.target)) {
    return upstreamProxy(options);
  }
  if (host.kind !== "ip" || !options.isOwn({ ip: host.ip, port }, request.protocol)) {
    return decision;
  }
  if (decision.verdict === "deny" && decision.reason === "proxy_disabled") return decision;
  // Said before any other refusal: adding our own address to the allowlist would not help.
  return ownListener(options);
}

/** What becomes of a question that somebody has answered with yes. The mode has the last word, as it has for rules. */
function orApproved(
  decision: Decision,
  request: NetworkRequest,
  policy: Policy,
  { approved, note }: AuthorizeOptions,
): Decision {
  if (decision.verdict !== "ask" || approved === undefined) return decision;
  return policy.decideApproved(request, approved, note);
}

function decideByAddress(
  request: NetworkRequest,
  policy: Policy,
  options: AuthorizeOptions,
  ip: IpAddress,
): Deny | null {
  const { port } = request.target;
  if (options.isOwn({ ip, port }, request.protocol)) return ownListener(options);
  return policy.decideAddress(request, ip, options.note);
}

function ownListener(options: AuthorizeOptions): Deny {
  options.note?.({ question: "Doorward's own listeners", answer: "this is one", rule: null });
  return { verdict: "deny", reason: "own_listener", source: "proxy_state", rule: null, detail: "" };
}

/** Inside a tunnel to another proxy a client could ask it for any host. */
function upstreamProxy(options: AuthorizeOptions): Deny {
  options.note?.({ question: "upstream proxies", answer: "this is one", rule: null });
  return {
    verdict: "deny",
    reason: "upstream_proxy",
    source: "proxy_state",
    rule: null,
    detail: "",
  };
}
