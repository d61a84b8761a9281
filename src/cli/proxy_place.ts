import { basicAuthorization } from "../http/connect_client.ts";
import { type Endpoint, parseEndpoint } from "../net/address/endpoint.ts";

/** A proxy that somebody else runs, as its clients are told of it. */
export interface ProxyPlace {
  readonly endpoint: Endpoint;
  /** What `Proxy-Authorization` is to say; null when its URL has no user information. */
  readonly authorization: string | null;
}

/** Text that names no proxy. */
export interface BadProxyPlace {
  readonly kind: "bad";
  readonly why: string;
}

/** Where Doorward listens unless told otherwise. */
const DEFAULT_PORT = 3128;

/** Reads `http://user:password@host:port`; without a scheme it is `http`, without a port 3128. */
export function parseProxyPlace(text: string): ProxyPlace | BadProxyPlace {
  const [, scheme = "http", rest = ""] = /^(?:([^:/?#]*):\/\/)?([^]*)$/.exec(text.trim())!;
  if (scheme.toLowerCase() !== "http") return bad("only http:// proxies can be used here");
  const authority = rest.replace(/[/?#][^]*$/, "");
  const at = authority.lastIndexOf("@");
  const endpoint = parseEndpoint(authority.slice(at + 1), DEFAULT_PORT);
  if ("kind" in endpoint) return endpoint;
  if (at === -1) return { endpoint, authorization: null };
  const authorization = basic(authority.slice(0, at));
  return authorization === null
    ? bad("its user information is not percent-encoded")
    : { endpoint, authorization };
}

/** The credentials for `Proxy-Authorization`; null for a faulty encoding. */
function basic(userInfo: string): string | null {
  const colon = userInfo.indexOf(":");
  const user = colon === -1 ? userInfo : userInfo.slice(0, colon);
  const password = colon === -1 ? "" : userInfo.slice(colon + 1);
  try {
    return basicAuthorization(decodeURIComponent(user), decodeURIComponent(password));
  } catch {
    return null; // URIError: a percent sign that begins nothing.
  }
}

function bad(why: string): BadProxyPlace {
  return { kind: "bad", why };
}
