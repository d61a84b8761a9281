import { serveSocks } from "./socks/socks_session.ts";
import type { SocksDoor } from "./socks/socks_door.ts";
import type { ClientConnection } from "./client_connection.ts";
import type { HttpDoor } from "./http/http_door.ts";
import { httpSession } from "./http/http_session.ts";

/** What a listener speaks: one protocol or the other, or both. */
export type Doors =
  | { readonly http: HttpDoor; readonly socks: null }
  | { readonly http: null; readonly socks: SocksDoor }
  | { readonly http: HttpDoor; readonly socks: SocksDoor };

/** The first byte of SOCKS5 (RFC 1928 section 3), and of SOCKS4, which is refused in its own words. */
const SOCKS_VERSIONS = [5, 4];

/** Serves one client until it is done with, and closed. Where both are spoken, its first byte says which. */
export async function serveClient(client: ClientConnection, doors: Doors): Promise<void> {
  if (doors.socks === null) return await httpSession(client, doors.http);
  if (doors.http === null) return await serveSocks(client, doors.socks);
  if (!(await client.reader.fill())) return client.close();
  const isSocks = SOCKS_VERSIONS.includes(client.reader.buffered[0]!);
  if (isSocks) await serveSocks(client, doors.socks);
  else await httpSession(client, doors.http);
}
