import { parsePort, type SocketAddress } from "../net/address/endpoint.ts";
import { type BadHost, parseHost } from "../net/address/host.ts";
import { type IpAddress, LOOPBACK_IPV4, parseIp } from "../net/address/ip.ts";

/** Where a URL asks to listen. */
export interface ListenUrl {
  readonly kind: "listen";
  readonly address: SocketAddress;
  /** The name that stood in place of an address and was not looked up; null for `localhost`. */
  readonly replacedName: string | null;
}

/** Text that names no place to listen. */
export interface BadListenUrl {
  readonly kind: "bad";
  readonly why: string;
}

/** `http//host` and `http:/host`: read as they stand, `http` would be the host. */
const MANGLED_SCHEME = /^\s*[a-z][a-z0-9+.-]*(?::\/(?!\/)|\/\/)/i;

/**
 * Reads `proxy_url` and its like: any scheme or none, user information and a path that are ignored, a
 * host and a port. A name is never looked up: it means loopback.
 */
export function parseListenUrl(text: string, defaultPort: number): ListenUrl | BadListenUrl {
  if (MANGLED_SCHEME.test(text)) return bad('its scheme is not followed by "://"');
  const authority = text.trim().replace(/^[^:/?#]*:\/\//, "").replace(/[/?#].*$/s, "");
  // Browsers read a slash there, so that what stands in front is the host, and not what follows the at sign.
  if (authority.includes("\\")) return bad("it has a backslash");
  const hostPort = authority.slice(authority.lastIndexOf("@") + 1);
  const bare = parseIp(hostPort);
  if (bare !== null) return listen(bare, defaultPort, null);

  const lastColon = hostPort.lastIndexOf(":");
  const colon = lastColon > hostPort.lastIndexOf("]") ? lastColon : hostPort.length;
  const hostText = hostPort.slice(0, colon);
  if (hostText === "") return bad("the host is missing");
  const host = parseHost(hostText);
  if (host.kind === "bad") return bad(host.why);
  const port = listenPort(hostPort.slice(colon + 1), defaultPort);
  if (typeof port !== "number") return bad(port.why);
  if (host.kind === "ip") return listen(host.ip, port, null);
  return listen(LOOPBACK_IPV4, port, host.name === "localhost" ? null : host.name);
}

/** Without a port the default is taken; 0 asks the system for a free one. */
function listenPort(text: string, defaultPort: number): number | BadHost {
  if (text === "") return defaultPort;
  return text === "0" ? 0 : parsePort(text);
}

function listen(ip: IpAddress, port: number, replacedName: string | null): ListenUrl {
  return { kind: "listen", address: { ip, port }, replacedName };
}

function bad(why: string): BadListenUrl {
  return { kind: "bad", why };
}
