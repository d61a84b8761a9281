import type { SocketAddress } from "../net/address/endpoint.ts";
import type { IpAddress } from "../net/address/ip.ts";
import type { Resolver } from "../net/ports.ts";
import type { Allow, Ask, Deny } from "../policy/decision.ts";
import type { Policy, Step } from "../policy/policy.ts";
import type { NetworkRequest } from "../policy/request.ts";

const issued = Symbol("grant");

/**
 * Proof that policy allowed `request` and let every one of `addresses` pass. Only this file can make one,
 * and {@linkcode connect} takes nothing else, so that no path reaches the network undecided.
 */
export interface Grant {
  readonly verdict: "allow";
  readonly [issued]: true;
  readonly request: NetworkRequest;
  readonly decision: Allow;
  /** In the order to try. */
  readonly addresses: readonly SocketAddress[];
}

/** Tells whether an address is one that this process listens on. */
export type IsOwn = (address: SocketAddress) => boolean;

/** What {@linkcode authorize} asks besides the policy. */
export interface AuthorizeOptions {
  readonly resolve: Resolver;
  readonly isOwn: IsOwn;
  /** Addresses of one answer that are tried; all of them are judged. */
  readonly dnsAddresses: number;
  /** Told each step of the way. */
  readonly note?: (step: Step) => void;
}

/**
 * Asks policy by name, resolves once, asks about every address. A name that is not allowed is never looked
 * up, and one forbidden address refuses the whole answer: a name may mix public and private ones
 * (rebinding). Rejects with a `ConnectError` when the look-up fails.
 */
export async function authorize(
  request: NetworkRequest,
  policy: Policy,
  options: AuthorizeOptions,
  signal: AbortSignal,
): Promise<Grant | Ask | Deny> {
  const { host, port } = request.target;
  const decision = decideByName(request, policy, options);
  if (decision.verdict !== "allow") return decision;
  const ips = host.kind === "ip" ? [host.ip] : await options.resolve(host.name, signal);
  for (const ip of ips) {
    const refusal = decideByAddress(request, policy, options, ip);
    if (refusal !== null) return refusal;
  }
  const addresses = ips.slice(0, options.dnsAddresses).map((ip) => ({ ip, port }));
  return { verdict: "allow", [issued]: true, request, decision, addresses };
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
  if (decision.verdict !== "allow") return decision;
  const refusal = decideByAddress(request, policy, options, address.ip);
  if (refusal !== null) return refusal;
  return { verdict: "allow", [issued]: true, request, decision, addresses: [address] };
}

function decideByName(
  request: NetworkRequest,
  policy: Policy,
  options: AuthorizeOptions,
): Allow | Ask | Deny {
  const decision = policy.decide(request, options.note);
  const { host, port } = request.target;
  if (host.kind !== "ip" || !options.isOwn({ ip: host.ip, port })) return decision;
  if (decision.verdict === "deny" && decision.reason === "proxy_disabled") return decision;
  // Said before any other refusal: adding our own address to the allowlist would not help.
  return ownListener(options);
}

function decideByAddress(
  request: NetworkRequest,
  policy: Policy,
  options: AuthorizeOptions,
  ip: IpAddress,
): Deny | null {
  const { port } = request.target;
  if (options.isOwn({ ip, port })) return ownListener(options);
  return policy.decideAddress(request, ip, options.note);
}

function ownListener(options: AuthorizeOptions): Deny {
  options.note?.({ question: "Doorward's own listeners", answer: "this is one", rule: null });
  return { verdict: "deny", reason: "own_listener", source: "proxy_state", rule: null, detail: "" };
}
