import { serveHttp2 } from "../../http/http2/server.ts";
import { ProtocolError } from "../../net/errors.ts";
import { formatHost } from "../../net/address/host.ts";
import type { SecureStream, TlsProtocol } from "../../net/ports.ts";
import { readThrough } from "../../net/stream/buffered_reader.ts";
import { writeAll } from "../../net/stream/stream.ts";
import type { Deny } from "../../policy/decision.ts";
import { HTTPS_PORT, type Inside } from "../../policy/inside_guard.ts";
import type { TunnelRequest } from "../../policy/request.ts";
import type { Asker } from "../asking/asker.ts";
import type { Inspection } from "../authorize.ts";
import type { ClientConnection } from "../client_connection.ts";
import type { HttpDoor } from "../http/http_door.ts";
import { httpSession } from "../http/http_session.ts";
import { readInside } from "../look_inside.ts";
import { UNRECOGNIZED_NAME } from "../tunnel.ts";
import type { Interception } from "./interception.ts";
import type { TunnelScope } from "./tunnel_scope.ts";

const HTTP_1: readonly TlsProtocol[] = ["http/1.1"];
const HTTP_2_OR_1: readonly TlsProtocol[] = ["h2", "http/1.1"];

/** A tunnel that is to be looked into, and who asked for it. */
export interface InspectedTunnel {
  readonly request: TunnelRequest;
  readonly inspection: Inspection;
  readonly asker: Asker;
}

/**
 * Announces a tunnel to the client, and is its other end: whatever the client says inside is read here, and each
 * request is decided like one to the proxy itself. Nothing is connected to before. The client is closed after it.
 */
export async function inspect(
  client: ClientConnection,
  tunnel: InspectedTunnel,
  announcement: Uint8Array,
  door: HttpDoor,
): Promise<void> {
  const { request, inspection, asker } = tunnel;
  const { limits, interception } = door;
  client.inspected = request;
  client.tunnelled();
  await writeAll(client.stream, announcement);
  // From here on it hears nothing of the protocol that it asked for the tunnel in.
  client.farewell = null;
  const inside = await readInside(client, limits.headMs);
  if (inside === null) return client.close();
  const common = { request, approved: inspection.approved, attempt: asker.attempt };
  const hasSpoken = client.reader.buffered.length > 0;
  if (inside.kind === "other" && hasSpoken && request.target.port !== HTTPS_PORT) {
    const scope: TunnelScope = { ...common, scheme: "http", protocols: HTTP_1 };
    return await httpSession(client, { ...door, scope });
  }
  const refusal = handshakeRefusal(inside, tunnel, door);
  if (refusal !== null || interception === null) {
    const decision = { ...(refusal ?? UNSEEN), policy: door.gateway.policy };
    door.blocked({ request, decision, asker, isAnnounced: true });
    // Who speaks TLS understands this; to everybody else the end says enough.
    if (inside.kind === "tls") await client.answer(UNRECOGNIZED_NAME);
    return client.close();
  }
  const secure = await begin(client, request, interception, door);
  if (secure === null) return client.close();
  client.goInside(secure);
  const protocols = secure.protocol === "h2" ? HTTP_2_OR_1 : HTTP_1;
  const scope: TunnelScope = { ...common, scheme: "https", protocols };
  if (secure.protocol === "h2") await serveStreams(client, secure, { ...door, scope });
  else await httpSession(client, { ...door, scope });
}

/** Where no TLS can be ended. */
const UNSEEN: Deny = {
  verdict: "deny",
  reason: "mitm_required",
  source: "mode_guard",
  rule: null,
  detail: "it is TLS, and interception is off",
};

function handshakeRefusal(
  inside: Inside,
  { request }: InspectedTunnel,
  { gateway }: HttpDoor,
): Deny | null {
  // A client that names nobody gets the certificate of the host that it asked for.
  if (inside.kind === "tls" && inside.names.length === 0) return null;
  return gateway.policy.decideInside(request, inside);
}

/** Ends TLS in the name of the host that was asked for. Null when the client did not take part. */
async function begin(
  client: ClientConnection,
  { target: { host } }: TunnelRequest,
  { identityFor, secureClient }: Interception,
  { limits, diagnose }: HttpDoor,
): Promise<SecureStream | null> {
  client.closeAfter(limits.headMs, "headMs");
  const outside = readThrough(client.reader, client.stream);
  try {
    const identity = await identityFor(host, () => client.reached("interceptedCertificates"));
    return await secureClient(outside, identity, HTTP_2_OR_1, client.signal);
  } catch (error) {
    if (client.closed) return null;
    if (!(error instanceof ProtocolError)) throw error;
    diagnose(
      `Cannot look into a tunnel of ${client.address} to ${formatHost(host)}: ${error.message}`,
    );
    return null;
  }
}

/** Serves a client of HTTP/2, whose requests are under way at once. */
async function serveStreams(
  client: ClientConnection,
  { native }: SecureStream,
  door: HttpDoor,
): Promise<void> {
  const { limits } = door;
  let underWay = 0;
  const rest = () => {
    client.idle = underWay === 0;
    // What is under way has limits of its own. A watch that is ended cannot be set again.
    client.closeAfter(client.idle ? limits.idleMs : Infinity, "idleMs");
    // Nothing more is taken; what was said last goes out before.
    if (client.idle && !door.open()) native.end();
  };
  rest();
  await serveHttp2(native, {
    limits,
    request: (stream, over) => {
      const carried = client.carry(stream);
      // A client that resets a stream wants nothing of it any more.
      over.then(() => carried.close());
      underWay += 1;
      rest();
      serveStream(carried, door).finally(() => {
        underWay -= 1;
        rest();
      });
    },
  });
  client.close();
}

async function serveStream(carried: ClientConnection, door: HttpDoor): Promise<void> {
  try {
    await httpSession(carried, door);
  } catch (error) {
    if (!carried.closed) door.diagnose(`Cannot serve ${carried.address}: ${error}`);
  } finally {
    carried.close();
  }
}
