import type { SocketAddress } from "../net/endpoint.ts";
import type { Resolver } from "../net/ports.ts";
import type { Ask, Decision, Deny } from "../policy/decision.ts";
import type { Policy, Step } from "../policy/policy.ts";
import type { NetworkRequest } from "../policy/request.ts";

const issued = Symbol("grant");

/** Proof that policy allowed `request` and approved every one of `addresses`. */
export interface Grant {
  readonly verdict: "allow";
  readonly [issued]: true;
  readonly request: NetworkRequest;
  readonly decision: Decision;
  readonly addresses: readonly SocketAddress[];
}

/** Tells whether an address is one that this process listens on. */
export type IsOwn = (address: SocketAddress) => boolean;

/** What {@linkcode authorize} asks besides the policy. */
export interface AuthorizeOptions {
  readonly resolve: Resolver;
  readonly isOwn: IsOwn;
  /** Addresses taken from one answer. */
  readonly dnsAddresses: number;
  /** Told each step of the way. */
  readonly note?: (step: Step) => void;
}

/** Asks policy by name, resolves once, asks about every address. Rejects with `ConnectError` on DNS failure. */
export function authorize(
  _request: NetworkRequest,
  _policy: Policy,
  _options: AuthorizeOptions,
  _signal: AbortSignal,
): Promise<Grant | Ask | Deny> {
  throw new Error("not written yet");
}
