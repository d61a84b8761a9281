import type { UnixSockets } from "../../src/net/ports.ts";
import type { Policy } from "../../src/policy/policy.ts";
import type { NetworkRequest } from "../../src/policy/request.ts";
import type { SocketRequest } from "../../src/policy/socket_request.ts";
import { authorize, type AuthorizeOptions, type Grant } from "../../src/proxy/authorize.ts";
import { authorizeSocket, type SocketGrant } from "../../src/proxy/authorize_socket.ts";
import type { Serving } from "../../src/proxy/client_connection.ts";
import { asker } from "./asker.ts";
import { ip } from "./policy.ts";

const NEVER = new AbortController().signal;

/** A grant of a policy for what it allows, at 93.184.216.34 unless said otherwise. */
export async function grantOf(
  request: NetworkRequest,
  policy: Policy,
  options: Partial<AuthorizeOptions> = {},
): Promise<Grant> {
  const outcome = await authorize(request, policy, {
    resolve: () => Promise.resolve([ip("93.184.216.34")]),
    isOwn: () => false,
    dnsAddresses: 16,
    ...options,
  }, NEVER);
  if (outcome.verdict === "allow") return outcome;
  const why = outcome.verdict === "inspect" ? "it is to be looked into" : outcome.reason;
  throw new Error(`This is not allowed: ${why}`);
}

/** The same for a unix socket whose path leads nowhere else. */
export async function socketGrantOf(request: SocketRequest, policy: Policy): Promise<SocketGrant> {
  const sockets: UnixSockets = {
    canonical: (path) => Promise.resolve(path),
    dial: () => Promise.reject(new Error("This test connects to nothing")),
    exists: () => Promise.resolve(true),
  };
  const outcome = await authorizeSocket(request, policy, sockets, NEVER);
  if (outcome.verdict !== "allow") throw new Error(`This is not allowed: ${outcome.reason}`);
  return outcome;
}

/** What a client carries under a grant. */
export function serving(grant: Grant | SocketGrant, kind: Serving["kind"]): Serving {
  return { grant, kind, passage: { request: grant.request, asker: asker(), since: 0 } };
}
