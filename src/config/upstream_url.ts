import { parseEndpoint } from "../net/address/endpoint.ts";
import type { UpstreamCredentials, UpstreamProxy } from "../proxy/upstream/upstream_proxy.ts";

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

/** RFC 1929 section 2: a length is one byte. */
const SOCKS_CREDENTIAL_BYTES_MAX = 255;
/** Longer ones fit no request head (see `headBytes` of others), and are no credentials. */
const HTTP_CREDENTIAL_BYTES_MAX = 4096;

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
  const credentials = at === -1 ? null : parseCredentials(authority.slice(0, at), spoken.kind);
  if (credentials !== null && "kind" in credentials) return credentials;
  return { kind: spoken.kind, endpoint, credentials };
}

function parseCredentials(
  text: string,
  kind: UpstreamProxy["kind"],
): UpstreamCredentials | null | BadUpstreamUrl {
  if (text === "") return null;
  const colon = text.indexOf(":");
  const user = decode(colon === -1 ? text : text.slice(0, colon));
  const password = decode(colon === -1 ? "" : text.slice(colon + 1));
  if (user === null || password === null) {
    return bad("a percent sign in the user name or the password is not followed by a byte: %25");
  }
  // RFC 7617 section 2: a colon would end the user name, and control characters are not allowed.
  if (kind !== "socks5" && user.includes(":")) return bad("the user name holds a colon");
  if (/\p{Cc}/u.test(user + password)) {
    return bad("the user name or the password holds a control character");
  }
  const most = kind === "socks5" ? SOCKS_CREDENTIAL_BYTES_MAX : HTTP_CREDENTIAL_BYTES_MAX;
  if (byteLength(user) > most || byteLength(password) > most) {
    return bad(`the user name or the password is longer than ${most} bytes`);
  }
  return { user, password };
}

function notSpoken(scheme: string): string {
  const known = "only http, https, socks5 and socks5h";
  return /^[a-z][a-z0-9+.-]{0,19}$/.test(scheme)
    ? `${scheme} is not spoken: ${known}`
    : `it has no scheme that is spoken: ${known}`;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null; // The only error there is: escapes that are none, or are not UTF-8.
  }
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

function bad(why: string): BadUpstreamUrl {
  return { kind: "bad", why };
}
