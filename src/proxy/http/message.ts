import { type Fields, tokensOf, valueOf } from "../../http/fields.ts";
import type { Framing } from "../../http/framing.ts";
import type { RequestHead } from "../../http/head.ts";
import { knownAs, METHOD_OVERRIDES } from "../../http/hop_by_hop.ts";
import { type HttpTarget, httpTarget } from "../../http/target.ts";
import type { HttpAction, HttpRequest } from "../../policy/request.ts";
import type { SocketRequest } from "../../policy/socket_request.ts";
import type { TunnelScope } from "../inside/tunnel_scope.ts";
import { hostValue, protocolsAskedFor, WEBSOCKET } from "./forwarding.ts";
import { socketPath } from "./socket_header.ts";

/** Methods that may be sent again when nobody can tell whether they arrived (RFC 9110 section 9.2.2). */
const REPEATABLE = new Set(["GET", "HEAD", "OPTIONS"]);

/** One plain HTTP request: as it came, and as policy sees it. */
export interface Message {
  readonly head: RequestHead;
  readonly framing: Framing;
  readonly target: HttpTarget;
  readonly request: HttpRequest | SocketRequest;
  /** The value of `Host` that goes on. */
  readonly host: string;
  readonly hasBody: boolean;
  /**
   * The protocols that the request may change to (RFC 9110 section 7.8), lower case; none for most. Over the
   * network only a WebSocket: others would carry requests that nobody sees. A unix socket is one server.
   */
  readonly upgradesTo: readonly string[];
  /** Whether the client would send another request on this connection. */
  readonly staying: boolean;
}

/**
 * Reads what a request wants.
 *
 * @param scope the tunnel that it was found in
 * @throws {ProtocolError} for a target, or a path of a unix socket, that cannot be used
 */
export function readMessage(
  head: RequestHead,
  framing: Framing,
  scope: TunnelScope | null,
): Message {
  const scheme = scope?.scheme ?? "http";
  const target = httpTarget(head, scheme);
  // Inside a tunnel it is a word like any other, and is not passed on.
  const path = scope === null ? socketPath(head.fields) : null;
  const hasBody = framing.kind === "chunked" || (framing.kind === "length" && framing.length > 0);
  const action: HttpAction = {
    method: head.method,
    hasBody,
    upgrades: valueOf(head.fields, "upgrade") !== undefined,
    methodOverride: methodOverride(head.fields),
  };
  const ofTarget = hostValue(target.endpoint, scheme);
  const asked = protocolsAskedFor(head);
  return {
    head,
    framing,
    target,
    hasBody,
    ...(path === null
      ? {
        request: {
          kind: "http",
          protocol: scope === null ? "http" : protocolInside(scope),
          target: target.endpoint,
          scheme,
          path: target.path,
          header: (name) => arrivingValues(head.fields, name),
          ...action,
        },
        host: ofTarget,
        upgradesTo: asked.filter((protocol) => protocol === WEBSOCKET),
      }
      : {
        request: { kind: "socket", protocol: "http", path, ...action },
        // It names no place: what it means is for the server to say, so it goes on as it came.
        host: valueOf(head.fields, "host") ?? ofTarget,
        upgradesTo: asked,
      }),
    // HTTP/1.0 keep-alive through a proxy cannot be told from a hung connection (RFC 9112 appendix C.2.2).
    staying: head.minor === 1 && !tokensOf(head.fields, "connection").includes("close"),
  };
}

/** Datagrams are not looked into. */
function protocolInside({ request: { protocol } }: TunnelScope): HttpRequest["protocol"] {
  if (protocol === "socks5_udp") throw new TypeError("Cannot look into datagrams");
  return protocol;
}

/**
 * What the server will read under a name: nothing where `Connection` has the field end here, and behind CGI whatever
 * is spelled with underscores too. Those alone are not what was asked for.
 */
function arrivingValues(fields: Fields, name: string): string[] {
  if (valueOf(fields, name) === undefined) return [];
  if (name !== "upgrade" && tokensOf(fields, "connection").includes(name)) return [];
  const known = knownAs(name);
  return fields.filter(({ key }) => knownAs(key) === known).map(({ value }) => value);
}

function methodOverride(fields: Fields): string | null {
  return fields.find(({ key }) => METHOD_OVERRIDES.includes(knownAs(key)))?.key ?? null;
}

/** Whether sending it twice does no harm and is possible: its body, if any, is not kept. */
export function isRepeatable({ head, hasBody }: Message): boolean {
  return !hasBody && REPEATABLE.has(head.method);
}

/** Whether an answer of our own must end the connection: the client may be sending a body to nobody. */
export function endsAfterReply({ staying, hasBody }: Message): boolean {
  return !staying || hasBody;
}
