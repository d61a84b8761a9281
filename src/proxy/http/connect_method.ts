import { attemptId } from "../../http/attempt_id.ts";
import type { RequestHead } from "../../http/head.ts";
import { connectTarget } from "../../http/target.ts";
import { responseHeadBytes } from "../../http/write_head.ts";
import { ConnectError } from "../../net/errors.ts";
import { relay } from "../../net/stream/relay.ts";
import { writeAll } from "../../net/stream/stream.ts";
import type { TunnelRequest } from "../../policy/request.ts";
import type { ClientConnection } from "../client_connection.ts";
import type { Connected } from "../connect.ts";
import type { HttpDoor } from "./http_door.ts";
import { connectingMs } from "../limits.ts";
import { refusalOf } from "../refusal.ts";
import { failureReply, refusalReply } from "../reply.ts";

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
  const request: TunnelRequest = { kind: "tunnel", protocol: "https_connect", target };
  client.closeAfter(connectingMs(door.limits));
  let connected: Connected;
  try {
    const outcome = await door.gateway.authorize(request, client.signal);
    if (outcome.verdict !== "allow") {
      const attempt = attemptId(head.fields);
      door.blocked({
        request,
        decision: outcome,
        client: client.address,
        method: "CONNECT",
        attempt,
      });
      return await client.answer(refusalReply(refusalOf(request, outcome), "text", FINAL));
    }
    connected = await door.gateway.connect(outcome, client.signal);
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    return await client.answer(failureReply(error, request, "text", FINAL));
  }
  await tunnel(client, connected, door);
}

async function tunnel(
  client: ClientConnection,
  { stream }: Connected,
  door: HttpDoor,
): Promise<void> {
  const release = client.closeAlong(stream);
  try {
    client.closeAfter(door.limits.tunnelIdleMs);
    await writeAll(client.stream, responseHeadBytes(200, "Connection established", []));
    await relay(
      { source: client.reader, stream: client.stream },
      { source: stream, stream },
      door.pool,
      () => client.watch.touch(),
    );
  } finally {
    release();
    stream.close();
    client.close();
  }
}
