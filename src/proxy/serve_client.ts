import { SOCKS_VERSION } from "../socks/messages.ts";
import { SOCKS4_VERSION } from "../socks/other_protocols.ts";
import { serveSocks } from "./socks/socks_session.ts";
import type { SocksDoor } from "./socks/socks_door.ts";
import type { ClientConnection } from "./client_connection.ts";
import type { HttpDoor } from "./http/http_door.ts";
import { dropLate } from "./http/drop_late.ts";
import { httpSession } from "./http/http_session.ts";

/** What a listener speaks: one protocol or the other, or both. */
export type Doors =
  | { readonly http: HttpDoor; readonly socks: null }
  | { readonly http: null; readonly socks: SocksDoor }
  | { readonly http: HttpDoor; readonly socks: SocksDoor };

/** What begins with one of these is not HTTP. SOCKS4 is refused in its own words. */
const FIRST_BYTES_OF_SOCKS: readonly number[] = [SOCKS_VERSION, SOCKS4_VERSION];

/** Serves one client until it is done with, and closed. Where both are spoken, its first byte says which. */
export async function serveClient(client: ClientConnection, doors: Doors): Promise<void> {
  awaitFirstByte(client, doors);
  if (!(await client.reader.fill())) return client.close();
  // Nothing waits here for the end of it: it may last for hours.
  if (doors.socks === null) return httpSession(client, doors.http);
  if (doors.http === null) return serveSocks(client, doors.socks);
  const isSocks = FIRST_BYTES_OF_SOCKS.includes(client.reader.buffered[0]!);
  return isSocks ? serveSocks(client, doors.socks) : httpSession(client, doors.http);
}

/** A client that says nothing is told so where HTTP is spoken; SOCKS5 has no word for it before its greeting. */
function awaitFirstByte(client: ClientConnection, { http, socks }: Doors): void {
  if (http === null) return client.closeAfter(socks.limits.firstByteMs, "firstByteMs");
  client.watch.set(
    http.limits.firstByteMs,
    () => dropLate(client, "firstByteMs", "the first byte of a request"),
  );
}
