import { parseEndpoint } from "../net/address/endpoint.ts";
import type { UpstreamProxy } from "../proxy/upstream/upstream_proxy.ts";
import { parseUserInfo } from "./user_info.ts";

/** What a URL says of an upstream proxy. */
export type UpstreamUrl = Omit<UpstreamProxy, "source">;

/** Text that names no proxy that Doorward can go through. `why` never holds the credentials in it. */
export interface BadUpstreamUrl {
  readonly kind: "bad";
  readonly why: string;
}

/** What is spoken for each scheme, and the port where the URL names none: the scheme's own. */
const SCHEMES: Readonly<Record<string, { readonly kind: UpstreamProxy["kind"]; port: number }>> = {
  http: { kind: "http", port: 80 },
  https: { kind: "https", port: 443 },
  socks5: { kind: "socks5", port: 1080 },
  // Elsewhere the h says that the proxy looks names up; here it always does.
  socks5h: { kind: "socks5", port: 1080 },
};

/**
 * Reads the URL of an upstream proxy: `scheme://user:password@host:port`. Without a scheme it is `http`. A path
 * other than `/` is refused: it is mostly a password with an unescaped character in it.
 */
export function parseUpstreamUrl(text: string): UpstreamUrl | BadUpstreamUrl {
  const [, schemeText = "http", rest = ""] = /^(?:([^:/?#@]*):\/\/)?(.*)$/s.exec(text.trim())!;
  const scheme = schemeText.toLowerCase();
  const spoken = Object.hasOwn(SCHEMES, scheme) ? SCHEMES[scheme] : undefined;
  if (spoken === undefined) return bad(notSpoken(scheme));
  const end = rest.search(/[/?#]/);
  const authority = end === -1 ? rest : rest.slice(0, end);
  if (end !== -1 && rest.slice(end) !== "/") {
    return bad('something follows the host: in a password "/", "?" and "#" are %2F, %3F and %23');
  }
  const at = authority.lastIndexOf("@");
  const endpoint = parseEndpoint(authority.slice(at + 1), spoken.port);
  if ("kind" in endpoint) return bad(endpoint.why);
  const credentials = at === -1 ? null : parseUserInfo(authority.slice(0, at), spoken.kind);
  if (credentials !== null && "kind" in credentials) return credentials;
  return { kind: spoken.kind, endpoint, credentials };
}

function notSpoken(scheme: string): string {
  const known = "only http, https, socks5 and socks5h";
  return /^[a-z][a-z0-9+.-]{0,19}$/.test(scheme)
    ? `${scheme} is not spoken: ${known}`
    : `it has no scheme that is spoken: ${known}`;
}

function bad(why: string): BadUpstreamUrl {
  return { kind: "bad", why };
}
