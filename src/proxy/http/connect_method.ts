import { attemptId } from "../../audit/attempt_id.ts";
import type { RequestHead } from "../../http/head.ts";
import { proxyUser } from "../../http/proxy_user.ts";
import { connectTarget } from "../../http/target.ts";
import { responseHeadBytes } from "../../http/write_head.ts";
import { ProtocolError } from "../../net/errors.ts";
import type { TunnelRequest } from "../../policy/request.ts";
import type { ClientConnection } from "../client_connection.ts";
import { hasPassed, passedFields } from "./forwarding.ts";
import type { HttpDoor } from "./http_door.ts";
import { inspect } from "../inside/inspect.ts";
import { openTunnel } from "../open_tunnel.ts";
import { refusalOf } from "../refusal.ts";
import { failureReply, refusalReply } from "../reply.ts";
import { socketPath } from "./socket_header.ts";
import { loopReply } from "./turn_back.ts";
import { tunnel } from "../tunnel.ts";

const ESTABLISHED = responseHeadBytes(200, "Connection established", []);

const FINAL = { close: true, headOnly: false } as const;

/**
 * Serves CONNECT (RFC 9110 section 9.3.6): resolves to what carries the tunnel that was asked for, 200 first, or to null
 * where there is none and the client has been told. The client's connection is good for nothing else afterwards. A
 * tunnel may stand for hours, in which nothing of its request has to be held.
 */
export async function connectMethod(
  client: ClientConnection,
  head: RequestHead,
  door: HttpDoor,
): Promise<(() => Promise<void>) | null> {
  const target = connectTarget(head);
  if (socketPath(head.fields) !== null) {
    // It asks for two places at once. A tunnel to a socket would hide from limited mode what it carries.
    const message = "Cannot open a tunnel to a unix socket: send the request itself";
    throw new ProtocolError("client", "bad_header", message);
  }
  const { via } = door;
  if (via !== null && hasPassed(head.fields, via)) {
    await client.answer(loopReply(FINAL));
    return null;
  }
  const attempt = attemptId(proxyUser(head.fields));
  const request: TunnelRequest = { kind: "tunnel", protocol: "https_connect", target };
  const opened = await openTunnel(client, {
    request,
    via: () => passedFields(head, via),
    attempt: () => attempt,
  }, door);
  switch (opened.kind) {
    case "blocked":
      await client.answer(refusalReply(refusalOf(request, opened.decision), "text", FINAL));
      return null;
    case "failed":
      await client.answer(failureReply(opened.error, request, "text", FINAL));
      return null;
    case "connected":
      return () => tunnel(client, opened, ESTABLISHED, door);
    case "inspect":
      return () => inspect(client, { ...opened, request }, ESTABLISHED, door);
  }
}
