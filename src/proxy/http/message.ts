import { tokensOf, valueOf } from "../../http/fields.ts";
import type { Framing } from "../../http/framing.ts";
import type { RequestHead } from "../../http/head.ts";
import { knownAs, METHOD_OVERRIDES } from "../../http/hop_by_hop.ts";
import { type HttpTarget, httpTarget } from "../../http/target.ts";
import { asksForWebSocket } from "./forwarding.ts";
import type { HttpRequest } from "../../policy/request.ts";

/** Methods that may be sent again when nobody can tell whether they arrived (RFC 9110 section 9.2.2). */
const REPEATABLE = new Set(["GET", "HEAD", "OPTIONS"]);

/** One plain HTTP request: as it came, and as policy sees it. */
export interface Message {
  readonly head: RequestHead;
  readonly framing: Framing;
  readonly target: HttpTarget;
  readonly request: HttpRequest;
  readonly hasBody: boolean;
  readonly asksForWebSocket: boolean;
  /** Whether the client would send another request on this connection. */
  readonly staying: boolean;
}

/**
 * Reads what a request wants.
 *
 * @throws {ProtocolError} for a target that cannot be used
 */
export function readMessage(head: RequestHead, framing: Framing): Message {
  const target = httpTarget(head);
  const hasBody = framing.kind === "chunked" || (framing.kind === "length" && framing.length > 0);
  return {
    head,
    framing,
    target,
    hasBody,
    asksForWebSocket: asksForWebSocket(head),
    request: {
      kind: "http",
      protocol: "http",
      target: target.endpoint,
      method: head.method,
      hasBody,
      upgrades: valueOf(head.fields, "upgrade") !== undefined,
      methodOverride: head.fields.find(({ key }) => METHOD_OVERRIDES.includes(knownAs(key)))?.key ??
        null,
    },
    // HTTP/1.0 keep-alive through a proxy cannot be told from a hung connection (RFC 9112 appendix C.2.2).
    staying: head.minor === 1 && !tokensOf(head.fields, "connection").includes("close"),
  };
}

/** Whether sending it twice does no harm and is possible: its body, if any, is not kept. */
export function isRepeatable({ head, hasBody }: Message): boolean {
  return !hasBody && REPEATABLE.has(head.method);
}

/** Whether an answer of our own must end the connection: the client may be sending a body to nobody. */
export function endsAfterReply({ staying, hasBody }: Message): boolean {
  return !staying || hasBody;
}
