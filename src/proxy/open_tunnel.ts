import type { Fields } from "../http/fields.ts";
import { ConnectError } from "../net/errors.ts";
import type { TunnelRequest } from "../policy/request.ts";
import type { Asker } from "./asking/asker.ts";
import type { Grant, Inspection, Refused } from "./authorize.ts";
import type { ClientConnection } from "./client_connection.ts";
import type { Connected } from "./connect.ts";
import type { Door } from "./door.ts";
import type { Ending, Passage } from "./passage.ts";
import { connectingMs, type Limits } from "./limits.ts";

/** A tunnel that a client asks for. What few of them need is asked for when it is needed. */
export interface AskedTunnel {
  readonly request: TunnelRequest;
  /** The `Via` fields for an upstream proxy. */
  readonly via: () => Fields;
  /** The id by which a program told this attempt from others; null for none. */
  readonly attempt: () => string | null;
}

/** What became of it. */
export type OpenedTunnel =
  | {
    readonly kind: "connected";
    readonly connected: Connected;
    readonly request: TunnelRequest;
    readonly grant: Grant;
    readonly asker: Asker;
    readonly passage: Passage;
  }
  | { readonly kind: "inspect"; readonly inspection: Inspection; readonly asker: Asker }
  | { readonly kind: "blocked"; readonly decision: Refused }
  | { readonly kind: "failed"; readonly error: ConnectError };

/** Asks policy and connects, within the time for both. A block is told of here; the client is answered elsewhere. */
export async function openTunnel(
  client: ClientConnection,
  { request, via, attempt }: AskedTunnel,
  { gateway, limits, blocked, passages }: Pick<
    Door,
    "gateway" | "limits" | "blocked" | "passages"
  >,
): Promise<OpenedTunnel> {
  client.closeAfter(connectingMs(limits));
  const asker = askerOf(client, "CONNECT", attempt, limits);
  let passage: Passage | null = null;
  try {
    const outcome = await gateway.authorizeTunnel(request, asker, client.signal);
    if (outcome.verdict === "inspect") return { kind: "inspect", inspection: outcome, asker };
    // From here on a change of the policy closes the client: nothing may come between.
    const decision = outcome.verdict === "allow" ? gateway.renew(outcome) : outcome;
    if (decision.verdict !== "allow") {
      // It was let through, and is recorded as that: the policy has changed since.
      if (outcome !== decision) passages.end(passages.begin(request, asker), neverOpened("closed"));
      blocked({ request, decision, asker });
      return { kind: "blocked", decision };
    }
    passage = passages.begin(request, asker);
    client.serving = { grant: decision, kind: "tunnel", passage };
    const connected = await gateway.connect(decision, client.signal, { via });
    client.forgetSignal();
    return { kind: "connected", connected, request, grant: decision, asker, passage };
  } catch (error) {
    const isFailure = error instanceof ConnectError;
    if (passage !== null) passages.end(passage, neverOpened(isFailure ? "failed" : "closed"));
    if (!isFailure) throw error;
    return { kind: "failed", error };
  }
}

function neverOpened(outcome: Ending["outcome"]): Ending {
  return { kind: "tunnel", outcome, up: 0, down: 0 };
}

/** Who a client is to those who decide. Once it has waited for one of them, it has the usual time again to connect. */
export function askerOf(
  client: ClientConnection,
  method: string,
  attempt: () => string | null,
  limits: Limits,
): Asker {
  const { entrance: { listener, attribution, nextId }, address } = client;
  // Written out: one is made for each request, and to copy a requester costs more than to make it.
  return {
    id: nextId(),
    client: address,
    method,
    listener,
    attribution,
    attempt,
    // Whoever lets it wait ends the wait by itself; this is a net under that.
    held: (ms) => client.hold(ms + connectingMs(limits)),
    freed: () => {
      client.letGo();
      client.closeAfter(connectingMs(limits));
    },
  };
}
