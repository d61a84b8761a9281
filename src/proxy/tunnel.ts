import { relay } from "../net/stream/relay.ts";
import { writeAll } from "../net/stream/stream.ts";
import type { ClientConnection } from "./client_connection.ts";
import type { Connected } from "./connect.ts";
import type { Door } from "./door.ts";

/**
 * Announces a connection to the client and then carries bytes both ways until both sides have finished, or
 * nobody has spoken for too long. Both connections are closed after it.
 */
export async function tunnel(
  client: ClientConnection,
  { stream, reader }: Connected,
  announcement: Uint8Array,
  { limits, pool }: Pick<Door, "limits" | "pool">,
): Promise<void> {
  const release = client.closeAlong(stream);
  try {
    client.closeAfter(limits.tunnelIdleMs);
    client.tunnelled();
    await writeAll(client.stream, announcement);
    await relay(
      { source: client.reader, stream: client.stream },
      { source: reader ?? stream, stream },
      pool,
      client.traffic,
    );
  } finally {
    release();
    stream.close();
    client.close();
  }
}
