import { attemptId } from "../../audit/attempt_id.ts";
import { tokensOf } from "../../http/fields.ts";
import type { Framing } from "../../http/framing.ts";
import type { RequestHead, ResponseHead } from "../../http/head.ts";
import { proxyUser } from "../../http/proxy_user.ts";
import { PROXY_AUTHENTICATION_REQUIRED } from "../../http/status.ts";
import { sameSocketAddress } from "../../net/address/endpoint.ts";
import { ConnectError, ProtocolError } from "../../net/errors.ts";
import type { Asker } from "../asking/asker.ts";
import type { Grant, Refused } from "../authorize.ts";
import type { ClientConnection, Serving } from "../client_connection.ts";
import { passedFields } from "./forwarding.ts";
import type { HttpDoor } from "./http_door.ts";
import { misdirected } from "../inside/misdirected.ts";
import { limitOf } from "../limit_of.ts";
import { connectingMs } from "../limits.ts";
import { endsAfterReply, isRepeatable, type Message, readMessage } from "./message.ts";
import { askerOf } from "../open_tunnel.ts";
import type { Ending } from "../passage.ts";
import { refusalOf } from "../refusal.ts";
import { failureReply, refusalReply, type ReplyOptions } from "../reply.ts";
import { RequestSender } from "./request_sender.ts";
import { type After, type Exchange, fail, readFinal, respond, upgrade } from "./respond.ts";
import { refusePages } from "./socket_header.ts";
import { turnBack } from "./turn_back.ts";
import { carriedBy } from "../tunnel.ts";
import { wantsCredentials } from "../upstream/connect_through.ts";
import { UpstreamConnection } from "./upstream_connection.ts";

/** Forwards one plain HTTP request and its response, or answers why not. */
export async function exchange(
  client: ClientConnection,
  head: RequestHead,
  framing: Framing,
  door: HttpDoor,
): Promise<After> {
  const message = readMessage(head, framing, door.scope);
  const isToSocket = message.request.kind === "socket";
  if (isToSocket) refusePages(head.fields, message.target.endpoint, client.local.port);
  const it: Exchange = {
    client,
    message,
    door: isToSocket ? patient(door) : door,
    asker: askerFor(client, head, door),
    carried: { up: 0, down: 0 },
    outcome: "closed",
  };
  const turnedBack = turnBack(message, door.via);
  if (turnedBack !== null) return await answer(it, turnedBack);
  const astray = misdirected(message, door.scope);
  if (astray !== null) return await refuse(it, { ...astray, policy: door.gateway.policy });
  try {
    const kept = takeKept(it);
    const after = kept === null ? null : await carry(it, kept);
    if (after !== null) return after;
    // A kept connection that died silently is replaced once; a new one is not.
    end(it, "failed");
    const opened = await open(it);
    if (!(opened instanceof UpstreamConnection)) return await refuse(it, opened);
    return await carry(it, opened) ?? fail("the server closed the connection without an answer");
  } catch (error) {
    const isFailure = error instanceof ConnectError ||
      (error instanceof ProtocolError && error.peer === "upstream");
    if (!isFailure || client.closed) throw error;
    const limit = error instanceof ProtocolError ? limitOf(error) : null;
    if (limit !== null) client.reached(limit);
    end(it, "failed");
    return await answer(
      it,
      failureReply(error, message.request, formOf(door), replyOptions(message)),
    );
  } finally {
    end(it, it.outcome);
  }
}

/** Writes down the end of what was let through, if anything was and nobody has yet. */
function end({ client, carried, door }: Exchange, outcome: Ending["outcome"]): void {
  const { serving } = client;
  client.serving = null;
  if (serving === null) return;
  const ending: Ending = serving.kind === "tunnel"
    ? { kind: "tunnel", outcome, ...carriedBy(client) }
    : { kind: "request", outcome, ...carried };
  door.passages.end(serving.passage, ending);
}

/**
 * The door for a unix socket, whose server may say nothing for as long as a tunnel may: it tells of what
 * happens on this machine (`docker events`), when it happens.
 */
function patient(door: HttpDoor): HttpDoor {
  const { limits } = door;
  const { bodyIdleMs, responseMs, tunnelIdleMs } = limits;
  return {
    ...door,
    limits: {
      ...limits,
      bodyIdleMs: Math.max(bodyIdleMs, tunnelIdleMs),
      responseMs: Math.max(responseMs, tunnelIdleMs),
    },
  };
}

/**
 * The connection kept for this client, if it serves the target and policy still lets it; else null. A refusal is
 * not the last word: the name may lead elsewhere by now.
 *
 * @param granted what policy has let through already: it is not asked again about an address in it
 */
function takeKept(it: Exchange, granted: Grant | null = null): UpstreamConnection | null {
  const { client, message: { request }, door: { gateway, scope } } = it;
  if (request.kind === "socket") return null;
  const kept = client.upstreams.take(request.target);
  if (kept === null) return null;
  const { address } = kept;
  if (address !== null) {
    const grant = granted?.addresses.some((each) => sameSocketAddress(each, address))
      ? granted
      : gateway.authorizeReuse(request, it.asker, address, scope?.approved);
    if (grant.verdict === "allow") {
      if (grant !== granted) end(it, "closed");
      serve(it, grant);
      kept.wake();
      return kept;
    }
  }
  kept.close();
  return null;
}

/** Notes that a request is let through, or by what else it is now. */
function serve({ client, message: { request }, asker, door }: Exchange, grant: Serving["grant"]) {
  const passage = client.serving?.passage ?? door.passages.begin(request, asker);
  client.serving = { grant, kind: "http", passage };
}

/** Who sent a request. */
function askerFor(
  client: ClientConnection,
  head: RequestHead,
  { limits, scope }: HttpDoor,
): Asker {
  // What stands inside a tunnel is said to the server at its end.
  const attempt = scope?.attempt ?? (() => attemptId(proxyUser(head.fields)));
  return askerOf(client, head.method, attempt, limits);
}

/** A new connection to the origin, or policy's refusal. */
async function open(it: Exchange): Promise<UpstreamConnection | Refused> {
  const { client, message: { request, head }, door, asker } = it;
  client.closeAfter(connectingMs(door.limits));
  if (request.kind === "socket") {
    const opened = await door.sockets.open(
      request,
      asker,
      client.signal,
      (grant) => serve(it, grant),
    );
    if ("verdict" in opened) return opened;
    return new UpstreamConnection({ ...OF_SOCKET, stream: opened }, null);
  }
  const { gateway, scope } = door;
  const outcome = await gateway.authorize(request, asker, client.signal, scope?.approved);
  // From here on a change of the policy closes the client: nothing may come between.
  const grant = outcome.verdict === "allow" ? gateway.renew(outcome) : outcome;
  if (outcome.verdict === "allow") serve(it, outcome);
  if (grant.verdict !== "allow") return grant;
  serve(it, grant);
  const connect = async () => {
    const connected = await gateway.connect(grant, client.signal, {
      via: () => passedFields(head, door.via),
      protocols: scope?.protocols,
    });
    return connected.secure?.protocol === "h2"
      ? await client.upstreams.begin(connected, connected.secure, request.target)
      : new UpstreamConnection(connected, request.target, false, door.pool.readers);
  };
  if (!scope?.protocols.includes("h2")) {
    const opened = await connect();
    client.forgetSignal();
    return opened;
  }
  return await client.upstreams.connect(connect) ?? takeKept(it, grant) ?? await connect();
}

/** A unix socket has no address, so that {@linkcode carry} does not keep its connections. */
const OF_SOCKET = { reader: null, address: null, plainProxy: null, secure: null } as const;

/** Sends the request and returns the response. Null when it may be tried on another connection. */
async function carry(it: Exchange, upstream: UpstreamConnection): Promise<After | null> {
  const { client, message } = it;
  const release = client.closeAlong(upstream);
  let keepUpstream = false;
  let isQuiet = false;
  try {
    const sender = new RequestSender(it, upstream);
    const response = await readFinal(it, upstream, sender);
    if (response === null) {
      return isRepeatable(message) ? null : fail("the server closed the connection");
    }
    sender.answered();
    if (response.status === PROXY_AUTHENTICATION_REQUIRED && upstream.plainProxy !== null) {
      // Meant for us: the client's credentials would be the wrong ones, and must not be asked for.
      throw wantsCredentials(upstream.plainProxy.proxy);
    }
    if (response.status === 101) {
      if (!sender.done) fail("the server changed the protocol amid the request");
      return await upgrade(it, upstream, response);
    }
    const after = await respond(it, upstream, response, sender);
    isQuiet = it.outcome === "done";
    // Where no address was judged, each request is asked about from the start: an upstream proxy looks the
    // name up itself, and the path of a unix socket may lead elsewhere by then.
    keepUpstream = after === "keep" && staysOpen(response) && upstream.isKeepable &&
      upstream.reader.buffered.length === 0;
    return after;
  } finally {
    release();
    if (keepUpstream) {
      client.upstreams.keep(upstream);
    } else {
      upstream.close();
      // What was read of it has been written.
      if (isQuiet) upstream.reader.release();
    }
  }
}

/** Records the block and answers it. */
async function refuse(it: Exchange, decision: Refused): Promise<After> {
  const { message, door, asker } = it;
  const { request } = message;
  door.blocked({ request, decision, asker });
  const refusal = refusalOf(request, decision);
  return await answer(it, refusalReply(refusal, formOf(door), replyOptions(message)));
}

/** Inside TLS a block is told as a tunnel's is: in text, the line for programs first (the seeds). */
function formOf({ scope }: HttpDoor): "json" | "text" {
  return scope?.scheme === "https" ? "text" : "json";
}

async function answer({ client, message }: Exchange, bytes: Uint8Array): Promise<After> {
  await client.answer(bytes);
  return endsAfterReply(message) ? "close" : "keep";
}

function replyOptions(message: Message): ReplyOptions {
  return { close: endsAfterReply(message), headOnly: message.head.method === "HEAD" };
}

/** Whether the origin keeps its side open for another request (RFC 9112 section 9.3). */
function staysOpen(response: ResponseHead): boolean {
  return response.minor === 1 && !tokensOf(response.fields, "connection").includes("close");
}
