import { attemptId } from "../../audit/attempt_id.ts";
import { ConnectError, ProtocolError } from "../../net/errors.ts";
import { type Handshake, readHandshake, type SocksRequest } from "../../socks/handshake.ts";
import { hostOf } from "../../socks/address.ts";
import { encodeReply, REPLY, type ReplyCode } from "../../socks/messages.ts";
import type { TunnelRequest } from "../../policy/request.ts";
import type { ClientConnection } from "../client_connection.ts";
import type { Connected } from "../connect.ts";
import { connectingMs } from "../limits.ts";
import { viaField } from "../http/forwarding.ts";
import { tunnel } from "../tunnel.ts";
import { connectFailureReply } from "./failure_reply.ts";
import type { SocksDoor } from "./socks_door.ts";
import { udpAssociate } from "./udp_associate.ts";

/**
 * Serves one client of SOCKS5 (RFC 1928): its greeting, its credentials if it has any, its one request.
 * Returns when the client is done with, and closed.
 */
export async function serveSocks(client: ClientConnection, door: SocksDoor): Promise<void> {
  client.farewell = encodeReply(REPLY.generalFailure);
  try {
    const handshake = await readHandshake(client.reader, client.stream, () => {
      client.idle = false;
      client.closeAfter(door.limits.headMs);
    });
    if (handshake !== null) await serve(client, handshake, door);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    // It left amid the handshake: nobody is there to be answered.
    client.close();
  }
  await client.linger();
}

async function serve(
  client: ClientConnection,
  handshake: Handshake,
  door: SocksDoor,
): Promise<void> {
  if (handshake.kind === "refused") {
    door.diagnose(`Refused SOCKS client ${client.address}: ${handshake.why}`);
    return await client.answer(handshake.answer);
  }
  const { request } = handshake;
  const attempt = attemptId(handshake.user);
  switch (request.command) {
    case "connect":
      return await socksConnect(client, request, attempt, door);
    case "udp_associate":
      return await udpAssociate(client, request, attempt, door);
  }
}

/** CONNECT (RFC 1928 section 4): success once the upstream connection stands, then bytes both ways. */
async function socksConnect(
  client: ClientConnection,
  { address, port }: SocksRequest,
  attempt: string | null,
  door: SocksDoor,
): Promise<void> {
  const host = hostOf(address);
  if (host.kind === "bad" || port === 0) {
    const why = host.kind === "bad" ? host.why : "the port is 0";
    door.diagnose(`Refused SOCKS client ${client.address}: ${why}`);
    return await client.answer(encodeReply(REPLY.generalFailure));
  }
  const request: TunnelRequest = { kind: "tunnel", protocol: "socks5_tcp", target: { host, port } };
  client.closeAfter(connectingMs(door.limits));
  const outcome = await open(client, request, attempt, door);
  if (typeof outcome === "number") return await client.answer(encodeReply(outcome));
  await tunnel(client, outcome, encodeReply(REPLY.succeeded), door);
}

/** Asks policy and connects; the code to answer where that fails. */
async function open(
  client: ClientConnection,
  request: TunnelRequest,
  attempt: string | null,
  { gateway, via, blocked }: SocksDoor,
): Promise<Connected | ReplyCode> {
  try {
    const decision = await gateway.authorize(request, client.signal);
    if (decision.verdict === "allow") {
      return await gateway.connect(decision, client.signal, viaField(1, via));
    }
    blocked({ request, decision, client: client.address, method: "CONNECT", attempt });
    return REPLY.notAllowed;
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    return connectFailureReply(error.code);
  }
}
