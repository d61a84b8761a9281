import { type HttpTarget, parseAbsoluteTarget } from "../http/target.ts";
import { type Endpoint, formatEndpoint, parseEndpoint } from "../net/address/endpoint.ts";
import { parseHost } from "../net/address/host.ts";
import { ProtocolError } from "../net/errors.ts";
import type { HttpAction, HttpRequest } from "../policy/request.ts";
import { HTTP_PORT } from "../policy/tunnel_guard.ts";
import type { PolicyRequest } from "../policy/socket_request.ts";
import { socketPath } from "../proxy/http/socket_header.ts";
import { shellQuote } from "../library/env/shell_quote.ts";

/** What a client would send to the proxy for a URL, or for the path of a unix socket. */
export type ExplainTarget =
  | {
    readonly kind: "request";
    readonly request: PolicyRequest;
    /** `CONNECT` for a tunnel. */
    readonly method: string;
    /** `host:port` of a tunnel, the URL of a plain request, `unix:` and a path of one to a unix socket. */
    readonly target: string;
    /** What a client would send inside the tunnel, where somebody looks; null where there is no tunnel. */
    readonly inside: ExplainTarget | null;
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
const TUNNELLED: ReadonlyMap<string, number> = new Map([["https", 443], ["wss", 443], ["ws", 80]]);

/** Ports of protocols that need a tunnel, and whose URLs people have at hand. */
const OTHERS: ReadonlyMap<string, number> = new Map([["ssh", 22], ["git", 9418]]);

/** RFC 9110 section 5.6.2. */
const TOKEN_REGEXP = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

const NO_METHOD = "the method is not a token";

/** Methods whose requests commonly announce a body. */
const WITH_BODY = new Set(["POST", "PUT", "PATCH"]);

/** Reads what `doorward explain` is asked about. */
export function explainTarget(text: string, method: string | null): ExplainTarget {
  const socket = /^unix:(?:\/\/)?(.*)$/is.exec(text);
  if (socket !== null) return unixSocket(socket[1]!, method ?? "GET");
  const parts = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)([^#]*)/.exec(text);
  const inside = method === null || method === "CONNECT" ? "GET" : method;
  if (parts === null) {
    const [, place, rest] = /^([^/?#]*)([^#]*)/.exec(text) as unknown as [string, string, string];
    return tunnel(place, 443, { scheme: null, method: inside, rest, upgrades: false });
  }
  const [, written, authority, rest] = parts as unknown as [string, string, string, string];
  const scheme = written.toLowerCase();
  // A client keeps user information and fragment to itself: they never reach a proxy.
  const place = authority.slice(authority.lastIndexOf("@") + 1);
  const port = TUNNELLED.get(scheme);
  if (port !== undefined) {
    const upgrades = scheme.startsWith("ws");
    const plainly = scheme === "ws" ? "http" : "https";
    return tunnel(place, port, { scheme: plainly, method: inside, rest, upgrades });
  }
  if (scheme === "http" && method === "CONNECT") {
    return tunnel(place, 80, { scheme, method: inside, rest, upgrades: false });
  }
  return plain(`${scheme}://${place}${rest}`, method ?? "GET");
}

/** A request inside a tunnel, but for where it goes. */
interface InsideParts {
  /** Null: as the port has it. */
  readonly scheme: "http" | "https" | null;
  readonly method: string;
  /** Path and query; may be empty. */
  readonly rest: string;
  readonly upgrades: boolean;
}

function tunnel(authority: string, defaultPort: number, parts: InsideParts): ExplainTarget {
  const method = "CONNECT";
  const endpoint = parseEndpoint(authority, defaultPort);
  if ("kind" in endpoint) {
    return { kind: "refused", status: 400, method, target: authority, why: endpoint.why };
  }
  const request = { kind: "tunnel", protocol: "https_connect", target: endpoint } as const;
  const inside = insideOf(authority, endpoint, parts);
  return { kind: "request", request, method, target: formatEndpoint(endpoint), inside };
}

function insideOf(authority: string, endpoint: Endpoint, parts: InsideParts): ExplainTarget {
  const { method, rest, upgrades } = parts;
  const scheme = parts.scheme ?? (endpoint.port === HTTP_PORT ? "http" : "https");
  // It is read as every request is; the scheme is not written in one that comes through a tunnel.
  const read = plain(`http://${authority}${rest}`, method);
  const target = `${scheme}://${authority}${rest}`;
  if (read.kind === "refused") return { ...read, target };
  if (read.request.kind !== "http") return read;
  const request: HttpRequest = {
    ...read.request,
    protocol: "https_connect",
    target: endpoint,
    scheme,
    upgrades,
  };
  return { ...read, request, target };
}

function plain(target: string, method: string): ExplainTarget {
  if (!TOKEN_REGEXP.test(method)) {
    return { kind: "refused", status: 400, method, target, why: NO_METHOD };
  }
  const endpoint = readAbsolute(target);
  if (endpoint instanceof ProtocolError) {
    const isOther = endpoint.code === "unsupported";
    const why = endpoint.message + (isOther ? wayOfOthers(target) : "");
    return { kind: "refused", status: isOther ? 501 : 400, method, target, why };
  }
  const request: HttpRequest = {
    kind: "http",
    protocol: "http",
    target: endpoint.endpoint,
    scheme: "http",
    path: endpoint.path,
    header: () => [],
    ...action(method),
  };
  return { kind: "request", request, method, target, inside: null };
}

/** A plain request with `x-unix-socket`. Whether the path is one is for the proxy's own code to say. */
function unixSocket(path: string, method: string): ExplainTarget {
  const target = `unix:${path}`;
  const why = whyNoSocket(path, method);
  if (why !== null) return { kind: "refused", status: 400, method, target, why };
  const request = { kind: "socket", protocol: "http", path, ...action(method) } as const;
  return { kind: "request", request, method, target, inside: null };
}

function whyNoSocket(path: string, method: string): string | null {
  if (!TOKEN_REGEXP.test(method)) return NO_METHOD;
  if (method === "CONNECT") return "no tunnel leads to a unix socket: send the request itself";
  try {
    socketPath([{ name: "x-unix-socket", key: "x-unix-socket", value: path }]);
    return null;
  } catch (error) {
    if (error instanceof ProtocolError) return error.message;
    throw error;
  }
}

function action(method: string): HttpAction {
  return { method, hasBody: WITH_BODY.has(method), upgrades: false, methodOverride: null };
}

/** How to ask about a protocol that is none of the proxy's; empty where no host is named. */
function wayOfOthers(url: string): string {
  const [scheme, rest] = url.split("://", 2) as [string, string];
  const place = rest.replace(/[/?].*$/s, "");
  const endpoint = parseEndpoint(place, OTHERS.get(scheme) ?? null);
  if ("kind" in endpoint && parseHost(place).kind === "bad") return "";
  const asked = "kind" in endpoint ? `${place}:PORT` : formatEndpoint(endpoint);
  const words = `doorward explain ${shellQuote(asked, "sh")}`;
  return `; for a connection of another protocol, ask: ${words}`;
}

function readAbsolute(target: string): HttpTarget | ProtocolError {
  try {
    return parseAbsoluteTarget(target);
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}
