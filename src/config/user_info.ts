import type { UpstreamCredentials, UpstreamProxy } from "../proxy/upstream/upstream_proxy.ts";

/** User information that cannot be used. `why` never holds any of it. */
export interface BadUserInfo {
  readonly kind: "bad";
  readonly why: string;
}

/** RFC 1929 section 2: a length is one byte. */
const SOCKS_CREDENTIAL_BYTES_MAX = 255;
/** Longer ones fit no request head (see `headBytes` of others), and are no credentials. */
const HTTP_CREDENTIAL_BYTES_MAX = 4096;

/** Reads the user information of a proxy's URL, `user:password` percent-encoded; null where it is empty. */
export function parseUserInfo(
  text: string,
  kind: UpstreamProxy["kind"],
): UpstreamCredentials | null | BadUserInfo {
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

function bad(why: string): BadUserInfo {
  return { kind: "bad", why };
}
