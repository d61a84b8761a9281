import { relay } from "../net/stream/relay.ts";
import { writeAll } from "../net/stream/stream.ts";
import type { ClientConnection } from "./client_connection.ts";
import type { Door } from "./door.ts";
import type { Carried } from "./live.ts";
import { lookInside } from "./look_inside.ts";
import type { OpenedTunnel } from "./open_tunnel.ts";

/** A fatal alert of TLS 1.2, which every version understands: unrecognized_name (RFC 6066 section 3). */
export const UNRECOGNIZED_NAME = new Uint8Array([21, 3, 3, 0, 2, 2, 112]);

/**
 * Announces a connection to the client and then carries bytes both ways until both sides have finished, or
 * nobody has spoken for too long. What turns out not to be what was allowed is not carried. Both connections are
 * closed after it.
 */
export async function tunnel(
  client: ClientConnection,
  opened: Extract<OpenedTunnel, { readonly kind: "connected" }>,
  announcement: Uint8Array,
  { limits, pool, blocked, passages }: Pick<Door, "limits" | "pool" | "blocked" | "passages">,
): Promise<void> {
  const { connected: { stream, reader }, request, grant, asker, passage } = opened;
  let isDone = false;
  const release = client.closeAlong(stream);
  try {
    client.closeAfter(limits.tunnelIdleMs, "tunnelIdleMs");
    client.tunnelled();
    await writeAll(client.stream, announcement);
    const decision = await lookInside(client, grant, request, limits.headMs);
    if (decision !== null) {
      blocked({ request, decision, asker, isAnnounced: true });
      // Who speaks TLS understands this; to everybody else the end says enough.
      if (decision.reason === "sni_mismatch") await client.answer(UNRECOGNIZED_NAME);
      return;
    }
    client.closeAfter(limits.tunnelIdleMs, "tunnelIdleMs");
    if (client.reader.isIdle) client.reader.release();
    isDone = await relay(
      { source: client.reader, stream: client.stream },
      { source: reader ?? stream, stream },
      pool,
      client.traffic,
    );
  } finally {
    const outcome = isDone ? "done" : "closed";
    passages.end(passage, { kind: "tunnel", outcome, ...carriedBy(client) });
    release();
    stream.close();
    client.close();
  }
}

/** What a tunnel has carried. */
export function carriedBy({ traffic: { up, down } }: ClientConnection): Carried {
  return { up, down };
}
