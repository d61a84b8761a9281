import type { Requester } from "../../audit/audit_log.ts";
import type { Attribution } from "../../audit/attribution.ts";
import type { PolicyDocument } from "../../policy/policy.ts";
import type { HttpRequest, NetworkRequest, TunnelRequest } from "../../policy/request.ts";
import type { Placed } from "../place.ts";

/** A request on its way to another isolate: the header fields that rules may ask about are values. */
export type CarriedRequest =
  | TunnelRequest
  | Omit<HttpRequest, "header"> & {
    readonly headers: readonly (readonly [name: string, values: readonly string[]])[];
  };

/** Who sent it, on the same way. What is known of its entrance the other side knows, too. */
export type CarriedRequester = Omit<Requester, "attempt" | "attribution"> & {
  readonly attempt: string | null;
};

/**
 * Makes data of a request.
 *
 * @param document the policy whose rules may ask about it: of other header fields nothing is said
 */
export function carryRequest(request: NetworkRequest, document: PolicyDocument): CarriedRequest {
  if (request.kind === "tunnel") return request;
  const { header, ...rest } = request;
  return { ...rest, headers: headerNames(document).map((name) => [name, header(name)]) };
}

/** A request that was carried. A field that nothing was said of is missing: no rule lets more through for that. */
export function requestOf(carried: CarriedRequest): NetworkRequest {
  if (carried.kind === "tunnel") return carried;
  const { headers, ...rest } = carried;
  const values = new Map(headers);
  return { ...rest, header: (name) => values.get(name) ?? [] };
}

/** What records need of a request, and nothing that could not be carried. */
export function carryPlace(request: Placed): Placed {
  if (request.kind !== "socket") {
    const { kind, protocol, target } = request;
    return { kind, protocol, target };
  }
  const { kind, protocol, path } = request;
  return { kind, protocol, path };
}

/** Makes data of whoever sent a request. */
export function carryRequester(
  { id, client, method, listener, attempt }: Requester,
): CarriedRequester {
  return { id, client, method, listener, attempt: attempt() };
}

/** Whoever sent a request that was carried. */
export function requesterOf(carried: CarriedRequester, attribution: Attribution): Requester {
  return { ...carried, attribution, attempt: () => carried.attempt };
}

function headerNames({ requestRules }: PolicyDocument): readonly string[] {
  const names = requestRules.flatMap(({ matches }) => matches.headers.map(({ name }) => name));
  return [...new Set(names)];
}
