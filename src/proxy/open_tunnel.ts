import type { Fields } from "../http/fields.ts";
import { ConnectError } from "../net/errors.ts";
import type { Ask, Deny } from "../policy/decision.ts";
import type { TunnelRequest } from "../policy/request.ts";
import type { ClientConnection } from "./client_connection.ts";
import type { Connected } from "./connect.ts";
import type { Door } from "./door.ts";
import { connectingMs } from "./limits.ts";

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
  | { readonly kind: "connected"; readonly connected: Connected }
  | { readonly kind: "blocked"; readonly decision: Ask | Deny }
  | { readonly kind: "failed"; readonly error: ConnectError };

/** Asks policy and connects, within the time for both. A block is told of here; the client is answered elsewhere. */
export async function openTunnel(
  client: ClientConnection,
  { request, via, attempt }: AskedTunnel,
  { gateway, limits, blocked }: Pick<Door, "gateway" | "limits" | "blocked">,
): Promise<OpenedTunnel> {
  client.closeAfter(connectingMs(limits));
  try {
    const decision = await gateway.authorize(request, client.signal);
    if (decision.verdict !== "allow") {
      const { address } = client;
      blocked({ request, decision, client: address, method: "CONNECT", attempt: attempt() });
      return { kind: "blocked", decision };
    }
    return { kind: "connected", connected: await gateway.connect(decision, client.signal, via) };
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    return { kind: "failed", error };
  }
}
