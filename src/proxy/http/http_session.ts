import { requestFraming } from "../../http/framing.ts";
import type { RequestHead } from "../../http/head.ts";
import { parseRequestHead } from "../../http/parse_head.ts";
import { readRequestHead } from "../../http/read_head.ts";
import { ProtocolError } from "../../net/errors.ts";
import { SOCKS_VERSION } from "../../socks/messages.ts";
import type { ClientConnection } from "../client_connection.ts";
import { connectMethod } from "./connect_method.ts";
import { exchange } from "./exchange.ts";
import type { HttpDoor } from "./http_door.ts";
import { limitOf } from "../limit_of.ts";
import { plainReply, protocolErrorReply } from "../reply.ts";
import { dropLate } from "./drop_late.ts";

/**
 * Serves one client: its requests in turn, each answered before the next is read, so that pipelined ones
 * are answered in order. Returns when the client is done with, and closed.
 */
export async function httpSession(client: ClientConnection, door: HttpDoor): Promise<void> {
  try {
    while (door.open()) {
      const head = await nextRequest(client, door);
      if (head === null) break;
      const framing = requestFraming(head);
      if (head.method === "CONNECT") {
        if (door.scope === null) await connectMethod(client, head, door);
        else await client.answer(NO_TUNNEL_INSIDE);
        break;
      }
      if (await exchange(client, head, framing, door) === "close") break;
    }
    await client.linger();
  } catch (error) {
    if (client.closed) return;
    if (!(error instanceof ProtocolError)) throw error;
    if (client.reader.buffered[0] === SOCKS_VERSION) {
      // Its program shows at most that the answer makes no sense.
      door.diagnose(
        `Refused client ${client.address}: it speaks SOCKS5, and this port speaks HTTP`,
      );
    }
    const limit = limitOf(error);
    if (limit !== null) client.reached(limit);
    await client.answer(protocolErrorReply(error));
    await client.linger();
  }
}

/** A tunnel ends here, and none leads on from it. */
const NO_TUNNEL_INSIDE = plainReply(
  405,
  "Method Not Allowed",
  "Doorward refused this request: there is no CONNECT inside a tunnel.\n",
  { close: true, headOnly: false },
);

/** Waits for a request head and reads it; null when the client has finished. */
async function nextRequest(
  client: ClientConnection,
  { limits }: HttpDoor,
): Promise<RequestHead | null> {
  client.idle = true;
  client.closeAfter(limits.idleMs, "idleMs");
  if (!(await client.mayContinue())) return null;
  const bytes = await readRequestHead(client.reader, limits.headBytes, () => {
    client.idle = false;
    client.watch.set(limits.headMs, () => dropLate(client, "headMs", "the request head"));
  }, limits.requestLineBytes);
  if (bytes === null) return null;
  const head = parseRequestHead(bytes, limits.headFields);
  client.reader.consume(bytes.length);
  return head;
}
