import { parseAbsoluteTarget } from "../http/target.ts";
import { type Endpoint, formatEndpoint, parseEndpoint } from "../net/address/endpoint.ts";
import { ProtocolError } from "../net/errors.ts";
import type { NetworkRequest } from "../policy/request.ts";

/** What a client would send to the proxy for a URL. */
export type ExplainTarget =
  | {
    readonly kind: "request";
    readonly request: NetworkRequest;
    /** `CONNECT` for a tunnel. */
    readonly method: string;
    /** `host:port` of a tunnel, the URL of a plain request. */
    readonly target: string;
  }
  /** The proxy would not take it for a request. */
  | {
    readonly kind: "refused";
    readonly status: 400 | 501;
    readonly method: string;
    readonly target: string;
    readonly why: string;
  };

/** Schemes that a client of a proxy opens a tunnel for, and their default ports. */
const TUNNELLED: Readonly<Record<string, number>> = { https: 443, wss: 443, ws: 80 };

/** RFC 9110 section 5.6.2. */
const TOKEN_REGEXP = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Methods whose requests commonly announce a body. */
const WITH_BODY = new Set(["POST", "PUT", "PATCH"]);

/** Reads what `doorward explain` is asked about. */
export function explainTarget(text: string, method: string | null): ExplainTarget {
  const parts = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)([^#]*)/.exec(text);
  if (parts === null) return tunnel(text.replace(/[/?#].*$/s, ""), 443);
  const [, written, authority, rest] = parts as unknown as [string, string, string, string];
  const scheme = written.toLowerCase();
  // A client keeps user information and fragment to itself: they never reach a proxy.
  const place = authority.slice(authority.lastIndexOf("@") + 1);
  const port = TUNNELLED[scheme];
  if (port !== undefined) return tunnel(place, port);
  if (scheme === "http" && method === "CONNECT") return tunnel(place, 80);
  return plain(`${scheme}://${place}${rest}`, method ?? "GET");
}

function tunnel(authority: string, defaultPort: number): ExplainTarget {
  const method = "CONNECT";
  const endpoint = parseEndpoint(authority, defaultPort);
  if ("kind" in endpoint) {
    return { kind: "refused", status: 400, method, target: authority, why: endpoint.why };
  }
  const request = { kind: "tunnel", protocol: "https_connect", target: endpoint } as const;
  return { kind: "request", request, method, target: formatEndpoint(endpoint) };
}

function plain(target: string, method: string): ExplainTarget {
  if (!TOKEN_REGEXP.test(method)) {
    return { kind: "refused", status: 400, method, target, why: "the method is not a token" };
  }
  const endpoint = readAbsolute(target);
  if (endpoint instanceof ProtocolError) {
    const status = endpoint.code === "unsupported" ? 501 : 400;
    return { kind: "refused", status, method, target, why: endpoint.message };
  }
  const request = {
    kind: "http",
    protocol: "http",
    target: endpoint,
    method,
    hasBody: WITH_BODY.has(method),
    upgrades: false,
    methodOverride: null,
  } as const;
  return { kind: "request", request, method, target };
}

function readAbsolute(target: string): Endpoint | ProtocolError {
  try {
    return parseAbsoluteTarget(target).endpoint;
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}
