import { attemptId } from "../../audit/attempt_id.ts";
import { ProtocolError } from "../../net/errors.ts";
import { type Handshake, readHandshake, type SocksRequest } from "../../socks/handshake.ts";
import { hostOf } from "../../socks/address.ts";
import { encodeReply, REPLY } from "../../socks/messages.ts";
import type { TunnelRequest } from "../../policy/request.ts";
import type { ClientConnection } from "../client_connection.ts";
import { viaField } from "../http/forwarding.ts";
import { inspect } from "../inside/inspect.ts";
import { openTunnel } from "../open_tunnel.ts";
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
      client.closeAfter(door.limits.headMs, "headMs");
    });
    const carry = handshake === null ? null : await serve(client, handshake, door);
    await carry?.();
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
): Promise<(() => Promise<void>) | null> {
  if (handshake.kind === "refused") {
    door.diagnose(`Refused SOCKS client ${client.address}: ${handshake.why}`);
    await client.answer(handshake.answer);
    return null;
  }
  const { request } = handshake;
  const attempt = attemptId(handshake.user);
  switch (request.command) {
    case "connect":
      return await socksConnect(client, request, attempt, door);
    case "udp_associate":
      return () => udpAssociate(client, request, attempt, door);
  }
}

/** CONNECT (RFC 1928 section 4): resolves to what carries the tunnel, as `connectMethod` does. */
async function socksConnect(
  client: ClientConnection,
  { address, port }: SocksRequest,
  attempt: string | null,
  door: SocksDoor,
): Promise<(() => Promise<void>) | null> {
  const host = hostOf(address);
  if (host.kind === "bad" || port === 0) {
    const why = host.kind === "bad" ? host.why : "the port is 0";
    door.diagnose(`Refused SOCKS client ${client.address}: ${why}`);
    await client.answer(encodeReply(REPLY.generalFailure));
    return null;
  }
  const request: TunnelRequest = { kind: "tunnel", protocol: "socks5_tcp", target: { host, port } };
  const opened = await openTunnel(client, {
    request,
    via: () => viaField(1, door.via),
    attempt: () => attempt,
  }, door);
  switch (opened.kind) {
    case "blocked":
      await client.answer(encodeReply(REPLY.notAllowed));
      return null;
    case "failed":
      await client.answer(encodeReply(connectFailureReply(opened.error.code)));
      return null;
    case "connected":
      return () => tunnel(client, opened, encodeReply(REPLY.succeeded), door);
    case "inspect":
      return () => inspect(client, { ...opened, request }, encodeReply(REPLY.succeeded), door.http);
  }
}
