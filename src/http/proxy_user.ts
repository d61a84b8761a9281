import { type Fields, valueOf } from "./fields.ts";

/**
 * The user name in the client's `Proxy-Authorization` (RFC 7617), or null. Nobody is authenticated by it: it
 * may carry a label for records, and it is never forwarded.
 */
export function proxyUser(fields: Fields): string | null {
  const credentials = valueOf(fields, "proxy-authorization")?.match(/^basic +(\S+)$/i)?.[1];
  if (credentials === undefined) return null;
  try {
    return atob(credentials).split(":", 1)[0] ?? "";
  } catch {
    return null; // Not base64: credentials of some other scheme, which we do not want to know.
  }
}
