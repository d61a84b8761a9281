import { attemptId } from "../../audit/attempt_id.ts";
import type { RequestHead } from "../../http/head.ts";
import { proxyUser } from "../../http/proxy_user.ts";
import { connectTarget } from "../../http/target.ts";
import { responseHeadBytes } from "../../http/write_head.ts";
import { ConnectError, ProtocolError } from "../../net/errors.ts";
import type { TunnelRequest } from "../../policy/request.ts";
import type { ClientConnection } from "../client_connection.ts";
import type { Connected } from "../connect.ts";
import { hasPassed, passedFields } from "./forwarding.ts";
import type { HttpDoor } from "./http_door.ts";
import { connectingMs } from "../limits.ts";
import { refusalOf } from "../refusal.ts";
import { failureReply, refusalReply } from "../reply.ts";
import { socketPath } from "./socket_header.ts";
import { loopReply } from "./turn_back.ts";
import { tunnel } from "../tunnel.ts";

const FINAL = { close: true, headOnly: false } as const;

/**
 * Serves CONNECT (RFC 9110 section 9.3.6): 200 once the upstream connection stands, then bytes both ways.
 * The client's connection is good for nothing else afterwards.
 */
export async function connectMethod(
  client: ClientConnection,
  head: RequestHead,
  door: HttpDoor,
): Promise<void> {
  const target = connectTarget(head);
  if (socketPath(head.fields) !== null) {
    // It asks for two places at once. A tunnel to a socket would hide from limited mode what it carries.
    const message = "Cannot open a tunnel to a unix socket: send the request itself";
    throw new ProtocolError("client", "bad_header", message);
  }
  const { via } = door;
  if (via !== null && hasPassed(head.fields, via)) return await client.answer(loopReply(FINAL));
  const request: TunnelRequest = { kind: "tunnel", protocol: "https_connect", target };
  client.closeAfter(connectingMs(door.limits));
  let connected: Connected;
  try {
    const outcome = await door.gateway.authorize(request, client.signal);
    if (outcome.verdict !== "allow") {
      const attempt = attemptId(proxyUser(head.fields));
      const { address } = client;
      const refusal = refusalOf(request, outcome);
      door.blocked({ request, decision: outcome, client: address, method: "CONNECT", attempt });
      return await client.answer(refusalReply(refusal, "text", FINAL));
    }
    connected = await door.gateway.connect(outcome, client.signal, passedFields(head, via));
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    return await client.answer(failureReply(error, request, "text", FINAL));
  }
  const established = responseHeadBytes(200, "Connection established", []);
  await tunnel(client, connected, established, door);
}
