import { parseUserInfo } from "../config/user_info.ts";
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
  const userInfo = at === -1 ? null : parseUserInfo(authority.slice(0, at), "http");
  if (userInfo !== null && "kind" in userInfo) return userInfo;
  if (userInfo === null) return { endpoint, authorization: null };
  return { endpoint, authorization: basicAuthorization(userInfo.user, userInfo.password) };
}

function bad(why: string): BadProxyPlace {
  return { kind: "bad", why };
}
