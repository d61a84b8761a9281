import { requestFraming } from "../../http/framing.ts";
import { parseRequestHead } from "../../http/parse_head.ts";
import { heldRequestHead, readRequestHead } from "../../http/read_head.ts";
import { ProtocolError } from "../../net/errors.ts";
import { SOCKS_VERSION } from "../../socks/messages.ts";
import type { BufferedReader } from "../../net/stream/buffered_reader.ts";
import type { ClientConnection } from "../client_connection.ts";
import { connectMethod } from "./connect_method.ts";
import { exchange } from "./exchange.ts";
import type { HttpDoor } from "./http_door.ts";
import type { Limits } from "../limits.ts";
import type { After } from "./respond.ts";
import { limitOf } from "../limit_of.ts";
import { plainReply, protocolErrorReply } from "../reply.ts";
import { dropLate } from "./drop_late.ts";

/**
 * Serves one client: its requests in turn, each answered before the next is read, so that pipelined ones
 * are answered in order. Returns when the client is done with, and closed.
 */
export async function httpSession(client: ClientConnection, door: HttpDoor): Promise<void> {
  try {
    let after: After | (() => Promise<void>) = "keep";
    while (after === "keep" && door.open()) after = await serveNext(client, door);
    if (typeof after === "function") await after();
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

const CR = 0x0d;
const CAPITAL_C = 0x43;

/** A tunnel ends here, and none leads on from it. */
const NO_TUNNEL_INSIDE = plainReply(
  405,
  "Method Not Allowed",
  "Doorward refused this request: there is no CONNECT inside a tunnel.\n",
  { close: true, headOnly: false },
);

/** Waits for a request, and for a turn, and serves it. What belongs to it alone is forgotten before the next is waited for. */
async function serveNext(
  client: ClientConnection,
  door: HttpDoor,
): Promise<After | (() => Promise<void>)> {
  const { reader } = client;
  client.idle = true;
  client.closeAfter(door.limits.idleMs, "idleMs");
  if (!(await client.mayContinue())) return "close";
  if (reader.length === 0 && !(await reader.fill())) return "close";
  // An empty line in front begins nothing (RFC 9112 section 2.2).
  client.idle = reader.buffered[0] === CR;
  if (!takesTurns(reader, door)) return await serveOne(client, door);
  // Until then it is bytes in a buffer, and costs no more than a connection that is idle.
  const turn = door.turns.take() ?? await door.turns.wait();
  try {
    return await serveOne(client, door);
  } finally {
    door.turns.end(turn);
  }
}

/**
 * Whether what comes is one of many quick requests: not what asks for a tunnel, as nearly all do that begin with this
 * letter, nor what is inside one, where TLS waits for itself.
 */
function takesTurns({ buffered }: BufferedReader, { scope }: HttpDoor): boolean {
  return scope === null && buffered[0] !== CAPITAL_C;
}

/** Serves a request of which something has come, but for the tunnel that it may ask for. */
async function serveOne(
  client: ClientConnection,
  door: HttpDoor,
): Promise<After | (() => Promise<void>)> {
  const { reader } = client;
  const { limits } = door;
  const bytes = heldRequestHead(reader, limits.headBytes, limits.requestLineBytes) ??
    await restOfHead(client, limits);
  if (bytes === null) return "close";
  client.idle = false;
  const head = parseRequestHead(bytes, limits.headFields);
  reader.consume(bytes.length);
  const framing = requestFraming(head);
  if (head.method !== "CONNECT") return await exchange(client, head, framing, door);
  if (door.scope === null) return await connectMethod(client, head, door) ?? "close";
  await client.answer(NO_TUNNEL_INSIDE);
  return "close";
}

/** Reads a head that is not there as a whole, within a limit of its own. */
function restOfHead(
  client: ClientConnection,
  { headBytes, headMs, requestLineBytes }: Limits,
): Promise<Uint8Array | null> {
  return readRequestHead(client.reader, headBytes, () => {
    client.idle = false;
    client.watch.set(headMs, () => dropLate(client, "headMs", "the request head"));
  }, requestLineBytes);
}
